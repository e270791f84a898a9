// Losses that are means of a function of one prediction p and one target t, and their derivatives by p. `number` is
// the delta of Huber's loss, or the label smoothing of binary cross-entropy, which moves targets towards ½.

import package::lib::activation::log1p;
import package::lib::nan::orNan;

const EPSILON = 1e-7;

// NaN must stay NaN, but `max`, `clamp` and comparisons swallow it.
fn lossOf(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(valueOf(code, number, p, t), p); }

fn lossSlope(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(slopeOf(code, number, p, t), p); }

fn smoothed(t: f32, smoothing: f32) -> f32 { return t + smoothing * (0.5 - t); }

fn valueOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case 1u: { return abs(p - t); }
    case 2u: {
      let q = clamp(p, EPSILON, 1.0 - EPSILON);
      let s = smoothed(t, number);
      return -(s * log(q) + (1.0 - s) * log(1.0 - q));
    }
    case 3u: { return max(p, 0.0) - p * smoothed(t, number) + log1p(vec4f(exp(-abs(p)))).x; }
    case 4u: {
      let e = abs(p - t);
      return select(number * e - 0.5 * number * number, 0.5 * e * e, e <= number);
    }
    default: { return (p - t) * (p - t); }
  }
}

fn slopeOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case 1u: { return sign(p - t); }
    case 2u: {
      if (p <= EPSILON || p >= 1.0 - EPSILON) { return 0.0; }
      return (p - smoothed(t, number)) / (p * (1.0 - p));
    }
    case 3u: {
      let e = exp(-abs(p));
      return select(e, 1.0, p >= 0.0) / (1.0 + e) - smoothed(t, number);
    }
    case 4u: { return clamp(p - t, -number, number); }
    default: { return 2.0 * (p - t); }
  }
}
