#!/usr/bin/env bash
# Writes a small Debian root file system, as a tar archive, to standard output. Needs root and debootstrap.
set -euo pipefail
# Some tar archives of this size do not fit into a small /tmp: TMPDIR chooses another place.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
debootstrap --variant=minbase bookworm "$dir" >&2

# Documentation and translations are of no use in a container: neither now nor in what is installed later.
cat >"$dir/etc/dpkg/dpkg.cfg.d/container" <<'CONF'
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
force-unsafe-io
CONF
cat >"$dir/etc/apt/apt.conf.d/container" <<'CONF'
APT::Install-Recommends "false";
Acquire::Languages "none";
CONF
# Packages start their servers when they are installed, unless this says no.
printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
chmod 755 "$dir/usr/sbin/policy-rc.d"
rm -rf "$dir"/usr/share/{doc,man,info,locale}/* "$dir"/var/lib/apt/lists/* "$dir"/var/cache/apt/* "$dir"/var/log/*
: >"$dir/etc/machine-id"
: >"$dir/etc/resolv.conf"
rm -f "$dir/etc/hostname"
tar --directory="$dir" --numeric-owner --create .
