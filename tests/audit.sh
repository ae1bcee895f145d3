#!/usr/bin/env bash
# Asks the registries that packages come from whether one of those we ship, or one that they bring, has a known vulnerability of severity high or critical.
# Fails when one has; says so when the registries know nothing about vulnerabilities: NuGet itself would then report none.
set -euo pipefail
cd "${0%/*}/.."

folder=.run/audit
rm -rf "$folder" && mkdir -p "$folder"
escaped() { sed 's/&/\&amp;/g; s/"/\&quot;/g; s/</\&lt;/g'; }
# Under their own names, so that their credentials count. AUDIT_SOURCES names others, for trying this script.
if [[ -n ${AUDIT_SOURCES:-} ]]; then
  sources=$(tr ' ' '\n' <<<"$AUDIT_SOURCES" | escaped | awk '{printf "<add key=\"audit-%d\" value=\"%s\" allowInsecureConnections=\"true\" />", NR, $0}')
else
  sources=$(dotnet nuget list source --format Detailed | escaped | awk '
    match($0, /^ +[0-9]+\. +/) { name = substr($0, RLENGTH + 1); on = sub(/ \[Enabled\]$/, "", name); next }
    on && NF { sub(/^ +/, ""); printf "<add key=\"%s\" value=\"%s\" />", name, $0; on = 0 }')
fi
echo "<configuration><auditSources><clear />$sources</auditSources></configuration>" >"$folder/nuget.config"
# A project that ships what the services ship. It lies here so that it has the repository's own versions.
cat >"$folder/audit.csproj" <<'EOF'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <NuGetAudit>true</NuGetAudit>
    <NuGetAuditMode>all</NuGetAuditMode>
    <NuGetAuditLevel>high</NuGetAuditLevel>
    <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="../../Platform/Platform.csproj;../../Gateway/Gateway.csproj;../../Identity/Identity.csproj;../../Web/Web.csproj" />
  </ItemGroup>
</Project>
EOF

audit() { dotnet restore "$folder/$1.csproj" --nologo -v minimal 2>&1; }

if ! said=$(audit audit); then
  echo "not audited: the packages could not be looked at"
  grep -m 3 -E 'error' <<<"$said" >&2 || true
  exit 0
elif found=$(grep -oE 'NU190[34]: .*' <<<"$said" | sort -u); then
  echo "packages with known vulnerabilities:" >&2
  echo "$found" >&2
  exit 1
elif grep -q 'NU1900' <<<"$said"; then
  echo "not audited: a registry did not answer the question for vulnerability information"
  exit 0
elif (($(grep -oE "NU1905: .*" <<<"$said" | sort -u | wc -l) >= $(grep -o '<add ' <<<"$sources" | wc -l))); then
  echo "not audited: the registry gives no vulnerability information"
  exit 0
fi

# No finding is no proof: NuGet says nothing either when a registry fails in the middle. A version that is known to be vulnerable (GHSA-5crp-9r3c-p9vr) must be found by the same way.
sed -e '/ProjectReference/d' -e 's|<ItemGroup>|<ItemGroup><PackageReference Include="Newtonsoft.Json" VersionOverride="12.0.3" />|' "$folder/audit.csproj" >"$folder/known.csproj"
if grep -q 'NU1903: .*Newtonsoft.Json' <<<"$(audit known || true)"; then
  echo "audited: no known vulnerability of severity high or critical in what is shipped"
else
  echo "not audited: the registry does not tell of a vulnerability that is known"
fi
