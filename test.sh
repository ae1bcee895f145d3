#!/usr/bin/env bash
# Builds and runs all tests: ./test.sh [filter]. A filter is a part of tests' full names.
# Ends with one line "N passed, N failed, N skipped". Tests against a real Kafka need KAFKA_HOME.
set -euo pipefail
cd "${0%/*}"

fail() { echo "test.sh: $1" >&2; exit 1; }
has_sdk() { local sdks; sdks=$(dotnet --list-sdks 2>/dev/null) && [[ $'\n'$sdks == *$'\n'10.* ]]; }

has_sdk || fail "the .NET 10 SDK is missing; get it from https://dotnet.microsoft.com/download/dotnet/10.0"

missing=()
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v kcat >/dev/null || missing+=(kcat)
command -v chromium >/dev/null || missing+=(chromium)
# A KDC for Kerberos towards brokers; without a real Kafka there is nothing that would ask for it.
[[ -z ${KAFKA_HOME:-} || -x /usr/sbin/krb5kdc ]] || missing+=(krb5-kdc krb5-admin-server)
[[ -d /usr/lib/python3/dist-packages/confluent_kafka ]] || missing+=(python3-confluent-kafka)
if ((${#missing[@]})); then
  ((EUID == 0)) || fail "missing: ${missing[*]}. Run: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  echo "installing ${missing[*]}"
  log=$(mktemp)
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
    || { tail -n 5 "$log" >&2; fail "apt-get could not install ${missing[*]}"; }
  rm "$log"
fi

# A client of another language, for tests against a real Kafka; without npm they are skipped and say so.
if [[ -n ${KAFKA_HOME:-} && ! -d .run/kafkajs/node_modules/kafkajs ]] && command -v npm >/dev/null; then
  echo "installing kafkajs"
  log=$(mktemp)
  { mkdir -p .run/kafkajs && cp tests/Gateway.Tests/Clients/KafkaJs/package*.json .run/kafkajs && npm ci --prefix .run/kafkajs --no-audit --no-fund; } >"$log" 2>&1 \
    || { tail -n 5 "$log" >&2; echo "npm could not install kafkajs: its tests are skipped" >&2; }
  rm "$log"
fi

log=$(mktemp)
mkdir -p .run && touch .run/build.begin
# One compiler for all projects, whatever the machine's settings; it does not outlive the build.
dotnet build PartnerPlatform.sln -c Release -v quiet --nologo -p:UseSharedCompilation=true >"$log" 2>&1 || { cat "$log" >&2; fail "the build failed"; }
rm "$log"
tests/audit.sh || fail "what is shipped has known vulnerabilities"
dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
# What run.sh would build is built.
mv .run/build.begin .run/build.stamp
exec env --default-signal=INT dotnet tests/TestRunner/bin/Release/net10.0/PartnerPlatform.TestRunner.dll "$@"
