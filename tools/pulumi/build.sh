#!/bin/sh
# Builds the Pulumi CLI from its pinned Go source into .tools/pulumi/bin, for the engine tests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$here/../.." && pwd)/.tools/pulumi/bin
stamp=$bin/.stamp

# The stamp covers all that decides the result, so a hit means there is nothing to do.
wanted=$(cat "$here/go.mod" "$here/go.sum" "$here/build.sh" | sha256sum | cut -d ' ' -f 1)
if [ -x "$bin/pulumi" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    echo "pulumi is up to date in $bin"
    exit 0
fi

if ! command -v go >/dev/null 2>&1; then
    echo "tools/pulumi/build.sh: Go is not installed; install it, or the Pulumi CLI itself" >&2
    exit 3
fi
cd "$here"
needed=$(sed -n 's/^go //p' go.mod)
found=$(GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
if [ "$(printf '%s\n%s\n' "$needed" "$found" | sort -V | head -n 1)" != "$needed" ]; then
    echo "tools/pulumi/build.sh: Go $needed or newer is needed, this is Go $found" >&2
    exit 3
fi

sdk=github.com/pulumi/pulumi/sdk/v3
version=$(go list -mod=readonly -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3)
echo "building pulumi $version into $bin (several minutes and 3 GB of caches at first)"
mkdir -p "$bin"
rm -f "$stamp"
go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w -X $sdk/go/common/version.Version=$version" \
    -o "$bin/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

# The script that runs a Python program under the engine comes with the SDK, not with the CLI.
source=$(go list -mod=readonly -m -f '{{.Dir}}' "$sdk")/python/cmd/pulumi-language-python-exec
install -m 755 "$source" "$bin/pulumi-language-python-exec"

echo "$wanted" >"$stamp"
"$bin/pulumi" version
