#!/bin/sh
# Runs the statescan bench on Dawn on a bare x86-64 Linux machine: sh run.sh [--allow-software] [--icd FILE] [options]
# Needs sh, tar, gzip and a Vulkan driver. Options of the bench: sh run.sh --help
set -eu

here=$(cd "$(dirname "$0")" && pwd)
gpu=hardware
icd=${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-}}
while [ $# -gt 0 ]; do
  case $1 in
    --allow-software) gpu=auto; shift ;;
    --icd) icd=$2; shift 2 ;;
    *) break ;;
  esac
done

say() { echo "run.sh: $*" >&2; }

# Unpack once, beside this script where that may be written.
home=$here/unpacked
mkdir -p "$home" 2>/dev/null && [ -w "$home" ] || home=$(mktemp -d)
if [ ! -f "$home/complete" ]; then
  say "unpacking to $home"
  tar -xzf "$here/payload.tar.gz" -C "$home"
  touch "$home/complete"
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$scratch}
export XDG_RUNTIME_DIR

libraries=$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null || true)
has() { case $libraries in *"$1 "*) return 0 ;; *) return 1 ;; esac }
add_library() {
  if [ -f "$home/lib/$1" ]; then
    mkdir -p "$scratch/lib"
    ln -sf "$home/lib/$1" "$scratch/lib/$1"
    LD_LIBRARY_PATH=$scratch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
    say "no $1 on this system, using the packed one"
  else
    say "no $1 on this system: install it (Debian, Ubuntu: $2)"
  fi
}
has libstdc++.so.6 || add_library libstdc++.so.6 libstdc++6
has libgcc_s.so.1 || add_library libgcc_s.so.1 libgcc-s1
has libvulkan.so.1 || add_library libvulkan.so.1 libvulkan1

# NVIDIA's driver: the usual places of its manifest, else a manifest for its library.
if [ -z "$icd" ]; then
  for file in \
    /etc/vulkan/icd.d/nvidia_icd.json /etc/vulkan/icd.d/nvidia_icd.x86_64.json \
    /usr/share/vulkan/icd.d/nvidia_icd.json /usr/share/vulkan/icd.d/nvidia_icd.x86_64.json \
    /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json \
    /usr/local/share/vulkan/icd.d/nvidia_icd.json \
    /run/opengl-driver/share/vulkan/icd.d/nvidia_icd.x86_64.json; do
    if [ -f "$file" ]; then icd=$file; break; fi
  done
fi
if [ -z "$icd" ]; then
  for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    if has "$library"; then
      icd=$scratch/nvidia_icd.json
      echo "{\"file_format_version\":\"1.0.0\",\"ICD\":{\"library_path\":\"$library\",\"api_version\":\"1.3.0\"}}" >"$icd"
      say "no manifest of NVIDIA's Vulkan driver found, wrote one for $library"
      break
    fi
  done
fi
if [ -n "$icd" ]; then
  say "Vulkan driver $icd"
  VK_DRIVER_FILES=$icd
  VK_ICD_FILENAMES=$icd
  export VK_DRIVER_FILES VK_ICD_FILENAMES
else
  say "no NVIDIA driver found: the Vulkan loader chooses among what is installed"
fi

# Not exec: the trap removes the scratch folder. Later options win.
status=0
"$home/node" "$home/bench/main.js" --driver dawn --gpu "$gpu" \
  --json statescan-bench.json --table statescan-bench.txt "$@" || status=$?
exit "$status"
