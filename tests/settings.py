"""The product's settings on a throw-away data folder, with a fast password hash."""

import os
import tempfile

os.environ["ANLAN_DATA_DIR"] = tempfile.mkdtemp(prefix="anlan-test-")
os.environ["ANLAN_REQUIRE_MFA"] = "false"
os.environ["ANLAN_CONFIG"] = os.devnull
if url := os.environ.get("ANLAN_TEST_DATABASE_URL"):
    os.environ["ANLAN_DATABASE_URL"] = url

from anlan.project.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
