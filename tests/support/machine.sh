# For ./demo and ./check, sourced: puts on a Debian machine what is missing, and builds.

# What the programs need to be built and to run.
readonly BUILD_PACKAGES=(
  g++ cmake ninja-build pkg-config
  libfmt-dev libexpected-dev libssl-dev libpq-dev libyaml-cpp-dev libpoco-dev libcli11-dev nlohmann-json3-dev
  libhowardhinnant-date-dev libssh-dev libseccomp-dev libsystemd-dev libgtest-dev libgmock-dev
  libzip-dev libexpat1-dev libfreexl-dev libxlsxwriter-dev
  libctemplate-dev libargon2-dev liboath-dev libqrencode-dev
)
readonly RUN_PACKAGES=(postgresql openssh-client openssl curl tzdata ca-certificates procps)
# What the checks need beside those.
readonly CHECK_PACKAGES=(
  python3 python3-pytest python3-pytest-xdist python3-paramiko python3-psycopg2 python3-aiosmtpd python3-yaml
  python3-openpyxl python3-xlwt unzip
  clang-14 libclang-rt-14-dev clang-format-14 mold systemd
  nginx-light
  chromium fonts-dejavu-core nodejs
  # Where Node came from elsewhere it brought npm with it, and Debian's would be in its way.
  $(command -v npm >/dev/null || echo npm)
)

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\n%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "packages are missing and there is no sudo; as root: apt-get install ${missing[*]}"
  fi
}

install_missing() {
  local log package
  missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "installing ${missing[*]}"
  log=$(mktemp)
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Use-Pty=0)
  if ! as_root "${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    # The lists may be old, or not there at all.
    as_root "${apt[@]}" update >"$log" 2>&1 &&
      as_root "${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1 || {
      cat "$log" >&2
      fail "apt-get could not install ${missing[*]}"
    }
  fi
  rm -f "$log"
}

# configure PRESET: into build/PRESET.
configure() {
  local -a more=()
  if command -v ccache >/dev/null; then more=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  # Some sixty programs that live for one check: what is delivered is linked as the distribution links.
  if [[ $1 != release ]] && command -v mold >/dev/null; then more+=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold); fi
  cmake --preset "$1" "${more[@]}" >/dev/null || fail "cmake --preset $1 failed"
}

# build PRESET [TARGET...]: quiet unless it fails.
build() {
  local preset=$1 log
  shift
  configure "$preset"
  log=$(mktemp)
  if ! cmake --build "build/$preset" -j "$(nproc)" ${1:+--target "$@"} >"$log" 2>&1; then
    grep -v '^\[[0-9/]*\] \(Building\|Linking\)' "$log" | tail -n 60 >&2
    rm -f "$log"
    fail "the build of $preset failed"
  fi
  rm -f "$log"
}
