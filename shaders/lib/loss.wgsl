// Losses that are means of a function of one prediction p and one target t, and their slopes by p.

import package::lib::activation::log1p;
import package::lib::nan::orNan;

const EPSILON = 1e-7;

// NaN stays NaN.
fn lossOf(code: u32, p: f32, t: f32) -> f32 { return orNan(valueOf(code, p, t), p); }

fn lossSlope(code: u32, p: f32, t: f32) -> f32 { return orNan(slopeOf(code, p, t), p); }

fn valueOf(code: u32, p: f32, t: f32) -> f32 {
  switch code {
    case 1u: { return abs(p - t); }
    case 2u: {
      let q = clamp(p, EPSILON, 1.0 - EPSILON);
      return -(t * log(q) + (1.0 - t) * log(1.0 - q));
    }
    case 3u: { return max(p, 0.0) - p * t + log1p(vec4f(exp(-abs(p)))).x; }
    default: { return (p - t) * (p - t); }
  }
}

fn slopeOf(code: u32, p: f32, t: f32) -> f32 {
  switch code {
    case 1u: { return sign(p - t); }
    case 2u: {
      if (p <= EPSILON || p >= 1.0 - EPSILON) { return 0.0; }
      return (p - t) / (p * (1.0 - p));
    }
    case 3u: {
      let e = exp(-abs(p));
      return select(e, 1.0, p >= 0.0) / (1.0 + e) - t;
    }
    default: { return 2.0 * (p - t); }
  }
}
