#!/bin/sh
# Sees to it that the browser tests have a Chromium: installed here on Debian as root, looked for elsewhere.
for browser in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$browser" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
else
  echo "No Chromium or Chrome found: the browser tests (tests/e2e) will be skipped."
fi
