"""Programs that move a pointer, one family a module: `draw(dice, recorded, touch)` gives one with parameters of its own.

What is drawn has `move(length, width)`: a way from (0, 0) to (length, 0), or near it, to something `width` wide. It may have `play(hand)`,
which plays a whole session instead of a task.
"""

from . import bezier, control, flow, markov, minimum_jerk, perlin, replay, sigma_lognormal, tween, windmouse

FAMILIES = {
    "bezier": bezier,
    "control": control,
    "flow": flow,
    "markov": markov,
    "minimum-jerk": minimum_jerk,
    "perlin": perlin,
    "replay": replay,
    "sigma-lognormal": sigma_lognormal,
    "tween": tween,
    "windmouse": windmouse,
}

# Those that read recordings of people.
RECORDED = {"flow", "markov", "replay"}
