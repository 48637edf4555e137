"""Static files: compressed for who takes it, kept for a year, asked again for free."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from quizapp.config import ROOT

CSS = (ROOT / "quizapp" / "static" / "app.css").read_bytes()


def hashed(client: FlaskClient, name: str) -> str:
    found = re.search(rf"/static/{name}\?v=\w+", client.get("/").text)
    assert found is not None
    return found[0]


def test_a_static_file_is_sent_compressed_to_who_takes_it(sqlite_client: FlaskClient) -> None:
    page = sqlite_client.get("/static/app.css", headers={"Accept-Encoding": "br, gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.data) == CSS


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "br"])
def test_a_static_file_is_sent_plain_to_everyone_else(
    sqlite_client: FlaskClient, accepts: str
) -> None:
    page = sqlite_client.get("/static/app.css", headers={"Accept-Encoding": accepts})
    assert "Content-Encoding" not in page.headers
    assert page.data == CSS


def test_a_cache_between_is_told_that_the_encoding_matters(sqlite_client: FlaskClient) -> None:
    assert sqlite_client.get("/static/app.css").headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_file_that_the_browser_has_is_not_sent_again(
    sqlite_client: FlaskClient, accepts: str
) -> None:
    headers = {"Accept-Encoding": accepts}
    tag = sqlite_client.get("/static/app.css", headers=headers).headers["ETag"]
    again = sqlite_client.get("/static/app.css", headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_compressed_file_has_a_tag_of_its_own(sqlite_client: FlaskClient) -> None:
    tags = {
        sqlite_client.get("/static/app.css", headers={"Accept-Encoding": accepts}).headers["ETag"]
        for accepts in ("gzip", "identity")
    }
    assert len(tags) == 2


def test_an_address_with_another_hash_is_not_kept(sqlite_client: FlaskClient) -> None:
    """While servers are renewed one by one, an old one may be asked for the new file."""
    address = hashed(sqlite_client, "app.css")
    assert "immutable" in sqlite_client.get(address).headers["Cache-Control"]
    other = sqlite_client.get(address + "0")
    assert (other.status_code, other.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["nothing.css", "../config.py", "%2e%2e/config.py"])
def test_what_is_no_static_file_is_missing(sqlite_client: FlaskClient, name: str) -> None:
    assert sqlite_client.get(f"/static/{name}").status_code == 404
