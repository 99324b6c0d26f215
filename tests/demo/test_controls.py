"""The levers: what a test turns happens, once and where it was asked for."""

from __future__ import annotations

import httpx
import pytest

from snaptui.demo.run import DemoServer

APP = "1732400000012"


def budget(answer: httpx.Response) -> tuple[int, int, int]:
    limit, remaining, reset = (int(answer.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))
    return limit, remaining, reset


def test_the_budget_runs_out_and_says_when_it_is_back(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.requests_per_minute = 60
    demo.controls.leave(2, seconds=30.0)
    answers = [api.get("/user") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert [budget(answer) for answer in answers] == [(60, 1, 30), (60, 0, 30), (60, 0, 30), (60, 0, 30)]
    assert answers[2].headers["retry-after"] == "30"
    assert answers[2].json() == {"code": 429, "message": "Too many requests"}
    demo.controls.leave(1, seconds=0.0)  # that window is over
    assert budget(api.get("/user"))[1] == 59
    demo.controls.requests_per_minute = 10
    assert budget(api.get("/user"))[:2] == (10, 8)


def test_a_refused_token_is_counted_too_and_the_headers_can_be_left_out(demo: DemoServer) -> None:
    demo.controls.leave(5)
    refused = httpx.get(f"{demo.api_url}/user", headers={"api-token": "another"})
    assert (refused.status_code, refused.headers["ratelimit-remaining"]) == (401, "4")
    demo.controls.sends_budget = False
    assert "ratelimit-limit" not in httpx.get(f"{demo.api_url}/user").headers


def test_a_revoked_token(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.revoke_token()
    assert (api.get("/user").status_code, demo.token) == (401, "demo")
    demo.controls.restore_token()
    assert api.get("/user").status_code == 200


def test_one_creation_at_a_time(demo: DemoServer, api: httpx.Client) -> None:
    demo.world.apps[APP].creating = True
    try:
        assert api.post(f"/snapshot/{APP}").status_code == 409
    finally:
        demo.world.apps[APP].creating = False
    assert api.post(f"/snapshot/{APP}").status_code == 200


def test_waiting_for_a_request(demo: DemoServer, api: httpx.Client) -> None:
    api.get("/user")
    demo.controls.until_asked("/user", method="GET")
    with pytest.raises(TimeoutError):
        demo.controls.until_asked("/user", 2, timeout=0.01)


def test_a_hold_is_new_each_time(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.hold("/user").set()
    assert api.get("/user").status_code == 200
    again = demo.controls.hold("/user")
    assert not again.is_set()
    demo.controls.release()
    assert again.is_set()
    assert api.get("/user").status_code == 200


def test_a_latency_is_for_the_longest_path(demo: DemoServer) -> None:
    demo.controls.latency = 0.5
    demo.controls.latencies = {"/snapshot": 0.25, "/snapshot/abc": 0.125}
    assert [demo.controls.delay(p) for p in ("/user", "/snapshot", "/snapshot/abc/versions/1")] == [0.5, 0.25, 0.125]
