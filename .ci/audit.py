"""Known vulnerabilities of the versions in requirements.lock; make audit runs it.

pip-audit asks OSV (https://osv.dev). Where that can't be reached, this says so in a sentence and ends with 0: nothing
has been found out then, neither good nor bad.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
AUDIT = [
    "--vulnerability-service", "osv", "--requirement", ROOT / "requirements.lock", "--disable-pip", "--no-deps",
    "--format", "json", "--progress-spinner", "off", "--timeout", "15",
]  # fmt: skip
UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "SSLError")


def main() -> int:
    done = subprocess.run([Path(sys.executable).with_name("pip-audit"), *AUDIT], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        if not any(name in done.stderr for name in UNREACHABLE):
            sys.exit(f"audit: pip-audit failed: {done.stderr.strip()[-2000:]}")
        print("audit: not run: OSV, the list of known vulnerabilities, can't be reached from here")
        return 0
    known = [package for package in packages if "vulns" in package]
    found = [(package, flaw) for package in known for flaw in package["vulns"]]
    for package, flaw in found:
        mended = ", ".join(flaw["fix_versions"]) or "no version"
        print(f"audit: {package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    print(
        f"audit: {len(known)} packages, {len(found)} known vulnerabilities, {len(packages) - len(known)} not looked at"
    )
    return int(bool(found) or len(known) < len(packages))


if __name__ == "__main__":
    sys.exit(main())
