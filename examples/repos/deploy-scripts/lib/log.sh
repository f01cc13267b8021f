# Messages to people, on stderr so that stdout stays for results. Source this file.

log_level=${LOG_LEVEL:-info}

log() {
  printf '%s %-5s %s\n' "$(date -u +%H:%M:%S)" "$1" "${*:2}" >&2
}

debug() {
  if [[ $log_level == debug ]]; then log debug "$@"; fi
}

info() { log info "$@"; }

fail() {
  log error "$@"
  exit 1
}

# Run a command, say so, and say how long it took.
timed() {
  local started=$SECONDS
  info "running: $*"
  "$@"
  info "took $((SECONDS - started)) s"
}
