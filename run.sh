#!/usr/bin/env bash
# Starts everything on this machine: ./run.sh [--reset] [--new-ports]. See README.md.
set -euo pipefail
cd "${0%/*}"

fail() { echo "run.sh: $1" >&2; exit 1; }
# All of the output: grep -q would end early, and with it (pipefail) the whole pipeline's success.
has_sdk() { local sdks; sdks=$(dotnet --list-sdks 2>/dev/null) && [[ $'\n'$sdks == *$'\n'10.* ]]; }

has_sdk || fail "the .NET 10 SDK is missing; get it from https://dotnet.microsoft.com/download/dotnet/10.0"

demo=tests/Demo/bin/Release/net10.0/PartnerPlatform.Demo.dll
stamp=.run/build.stamp
mkdir -p .run

# Where nothing has changed since the last build, even asking MSBuild would take longer than the start itself.
changed() {
  [[ -f $stamp && -f $demo ]] || return 0
  [[ -n $(find Platform Gateway Identity Web tests/Demo tests/Stack tests/EmbeddedKafka Directory.*.props \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print -quit) ]]
}

if changed; then
  echo "building"
  touch .run/build.begin
  dotnet build tests/Demo -c Release -v quiet --nologo >.run/build.log 2>&1 \
    || { grep -E ': error|error :' .run/build.log | sort -u | head -n 20 >&2; fail "the build failed; all of it: .run/build.log"; }
  mv .run/build.begin "$stamp"
fi

# A shell starts background jobs with Ctrl-C's signal ignored, which is inherited: whoever sends it means it.
exec env --default-signal=INT dotnet "$demo" "$@"
