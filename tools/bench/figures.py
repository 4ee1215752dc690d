# SPDX-License-Identifier: GPL-2.0-or-later
"""From what was counted to what is told: the arithmetic of tools/bench/relay, and nothing else."""

import statistics

from recordings import LATE_S


def judge(arrivals):
    """What came in a window, all streams together."""
    return {"frames": sum(a.frames for a in arrivals), "audio": sum(a.audio for a in arrivals),
            "missing": sum(a.missing for a in arrivals),
            "late_streams": sum(a.late_s > LATE_S for a in arrivals),
            "kbytes": round(sum(a.kbytes for a in arrivals))}


def is_whole(turn):
    """Whether a turn counts: it came to its end, no frame is missing, no stream late.

    The bare relay has no frames.
    """
    return "failed" not in turn and not turn.get("missing") and not turn.get("late_streams")


def tell_why_not(turn):
    """Of one that does not count."""
    return turn.get("failed") or (f"{turn['missing']} frames missing, {turn['late_streams']} "
                                  "streams late")


def median(turns, make):
    return statistics.median(make(turn) for turn in turns)


def summarize(turns):
    """Medians of the turns that count, per stream; None when none does."""
    whole = [turn for turn in turns if is_whole(turn)]
    found = {"turns": len(turns), "counted": len(whole),
             "missing": sum(turn.get("missing", 0) for turn in turns),
             "late_streams": sum(turn.get("late_streams", 0) for turn in turns)}
    if not whole:
        return {**found, "cpu_percent": None}
    per_stream = {key: median(whole, lambda t, key=key: t[key] / t["seconds"] / t["streams"])
                  for key in ("cpu_s", "user_s", "system_s", "switches")}
    return {**found,
            "cpu_percent": 100 * per_stream["cpu_s"],
            "user_percent": 100 * per_stream["user_s"],
            "system_percent": 100 * per_stream["system_s"],
            "switches_per_s": per_stream["switches"],
            "threads": median(whole, lambda t: t["threads"] / t["streams"]),
            "pss_kib": median(whole, lambda t: t["pss_kib"]),
            "frames_per_s": median(
                whole, lambda t: t.get("frames", 0) / t["seconds"] / t["streams"])}


def summarize_ages(ages_us):
    """As rtmp-sink tells it."""
    ages = sorted(ages_us)

    def part(per_mille):
        return ages[(len(ages) - 1) * per_mille // 1000] if ages else 0
    return {"frames": len(ages), "median_us": part(500), "p99_us": part(990),
            "worst_us": part(1000)}


def add_growth(sizes, contenders):
    """What each further stream takes of memory, and of CPU in proportion: from the first N on."""
    for size in sizes[1:]:
        for name in contenders:
            first, this = sizes[0].get(name), size.get(name)
            if first and this and first.get("pss_kib") and this.get("pss_kib"):
                this["pss_kib_a_further"] = ((this["pss_kib"] - first["pss_kib"])
                                             / (size["streams"] - sizes[0]["streams"]))
                this["cpu_growth"] = ratio_of(this.get("cpu_percent"), first.get("cpu_percent"))


def ratio_of(mine, theirs):
    return mine / theirs if mine and theirs else None


def ratio(found, name, key, peer="ffmpeg"):
    """None where one of the two did not count."""
    return ratio_of(found.get(name, {}).get(key), found.get(peer, {}).get(key))


def find_most(first, carries):
    """The most that is carried: doubled until it is too much, then halved in between, to an eighth
    of it or to eight."""
    good, bad, count = 0, None, first
    while bad is None or bad - good > max(8, good // 8):
        good, bad = (count, bad) if carries(count) else (good, count)
        count = good * 2 if bad is None else (good + bad) // 2
    return good
