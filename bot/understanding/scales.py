"""What each opinion counts: printed by `calibrate`, put here by hand; docs/understanding.md has the figures."""

from bot.understanding.mixing import Scales, Weights

WITH_VECTORS = Scales(
    groups=(
        ("de", Weights(0.15, 0.54, 2.05)),
        ("en", Weights(0.28, 0.53, 2.07)),
        ("ar", Weights(0.36, 0.54, 2.16)),
        ("fa", Weights(0.57, 0.52, 1.50)),
        ("ku", Weights(0.52, 0.47, 3.09)),
        ("uk", Weights(0.34, 0.53, 1.92)),
        ("ru", Weights(0.41, 0.51, 1.35)),
        ("tr", Weights(0.44, 0.52, 2.77)),
        ("fr", Weights(0.26, 0.56, 1.89)),
        ("ps", Weights(0.62, 0.45, 2.01)),
        ("ti", Weights(0.92, 0.46, 0.98)),
        ("so", Weights(0.77, 0.39, 2.62)),
        ("sq", Weights(0.60, 0.46, 1.72)),
        ("~", Weights(1.08, 0.42, 1.28)),
    ),
    other=Weights(0.52, 0.49, 1.96),
    outside=2.94,
    person=-2.02,
    smalltalk=0.21,
)
WITHOUT_VECTORS = Scales(
    groups=(
        ("de", Weights(0.85, 0.00, 4.38)),
        ("en", Weights(0.82, 0.00, 4.41)),
        ("ar", Weights(0.84, 0.00, 4.41)),
        ("fa", Weights(1.00, 0.00, 3.90)),
        ("ku", Weights(0.87, 0.00, 4.40)),
        ("uk", Weights(0.87, 0.00, 4.19)),
        ("ru", Weights(0.93, 0.00, 4.13)),
        ("tr", Weights(0.94, 0.00, 4.71)),
        ("fr", Weights(0.87, 0.00, 3.72)),
        ("ps", Weights(0.98, 0.00, 3.69)),
        ("ti", Weights(1.08, 0.00, 3.35)),
        ("so", Weights(1.03, 0.00, 4.02)),
        ("sq", Weights(0.98, 0.00, 3.82)),
        ("~", Weights(1.19, 0.00, 3.63)),
    ),
    other=Weights(0.94, 0.00, 4.05),
    outside=3.29,
    person=-0.95,
    smalltalk=2.68,
)
