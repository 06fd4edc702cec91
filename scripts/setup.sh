# Sourced by ./up and ./check: finds Python, makes .venv from the lock files, builds the front
# end. Every step leaves a stamp (a copy of what it was made from), so that a second run costs
# a few file comparisons and no process of pip or npm.
# shellcheck shell=sh

# Settings of other environments must not leak into ours.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONPLATLIBDIR PYTHONSAFEPATH PYTHONWARNINGS
unset PYTHONOPTIMIZE PYTHONUSERBASE PYTHONINSPECT VIRTUAL_ENV CONDA_PREFIX __PYVENV_LAUNCHER__
unset PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIREMENT PIP_NO_DEPS
unset PIP_NO_BUILD_ISOLATION PIP_REQUIRE_HASHES PIP_DRY_RUN PIP_ONLY_BINARY PIP_NO_BINARY
export PYTHONNOUSERSITE=1

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# A step that may take a while: says what it does, then how long it took; its own output is
# shown only when it fails. Usage: step "What happens" command...
step() {
  step_name=$1
  shift
  step_log=$(mktemp "${TMPDIR:-/tmp}/alltid-step.XXXXXX") || fail "No temporary file can be made."
  step_from=$(date +%s)
  printf '  %-46s' "$step_name"
  if "$@" >"$step_log" 2>&1 </dev/null; then
    printf ' %4s s\n' "$(($(date +%s) - step_from))"
    rm -f "$step_log"
  else
    printf ' failed\n\n'
    tail -n 40 "$step_log" >&2
    rm -f "$step_log"
    fail "
$step_name: that did not work; the last lines above say why. Run the command again once it is mended."
  fi
}

python_is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  for candidate in "${ALLTID_PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
    [ -n "$candidate" ] || continue
    if command -v "$candidate" >/dev/null 2>&1 && python_is_new_enough "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

make_venv() {
  rm -rf .venv
  "$1" -m venv .venv || {
    rm -rf .venv
    echo "This Python cannot make environments; on Debian and Ubuntu install python3-venv."
    return 1
  }
}

# Modules are compiled when they are first used: most of a provider's library never is.
install_locked() {
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile \
    --require-hashes --no-deps --only-binary :all: -r "$1"
}

# What a start loads is compiled here, so that the first one takes no longer than the others.
install_project() {
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --no-build-isolation --editable . &&
    .venv/bin/python -c "import alltid.cli.serving, alltid.desk.assistant
from alltid.web.later_routes import later_routers
later_routers()"
}

# The environment knows where it was made: a moved or copied folder makes a new one.
ensure_venv() {
  if [ "$(cat .venv/made-in 2>/dev/null)" != "$PWD" ] || ! python_is_new_enough .venv/bin/python; then
    python=$(find_python) || fail "Alltid needs Python 3.11 or newer, and none was found: \
install one (python.org, your system's packages, or pyenv), or name it in ALLTID_PYTHON."
    step "Making the environment (.venv)" make_venv "$python"
    printf '%s' "$PWD" >.venv/made-in
  fi
  if ! cmp -s requirements.lock .venv/requirements.lock; then
    step "Installing the locked packages" install_locked requirements.lock
    cp requirements.lock .venv/requirements.lock
  fi
}

# Node.js of the system when it is new enough, else one from a locked wheel inside .venv.
ensure_node() {
  if system_node_works || [ -x .venv/node/bin/node ]; then return 0; fi
  step "Installing Node.js into .venv (none found here)" install_node
}

system_node_works() {
  command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null
}

install_node() {
  install_locked requirements-node.lock &&
    .venv/bin/python hatch_build.py link-node
}

frontend_changed() {
  [ -f src/alltid/web/static/.built ] || return 0
  [ -n "$(find frontend -name node_modules -prune -o -newer src/alltid/web/static/.built \
    -print 2>/dev/null | head -n 1)" ]
}

ensure_project() {
  if frontend_changed; then
    ensure_node
    step "Building the front end" .venv/bin/python hatch_build.py build
  fi
  if ! cmp -s pyproject.toml .venv/pyproject.toml || [ ! -x .venv/bin/alltid ]; then
    step "Installing Alltid itself" install_project
    cp pyproject.toml .venv/pyproject.toml
  fi
}
