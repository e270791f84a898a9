// Losses that are means of a function of one prediction p and one target t, and their derivatives by p. `number` is
// the delta of Huber's loss, or the label smoothing of binary cross-entropy, which moves targets towards ½.

import package::lib::activation::log1p;
import package::lib::nan::orNan;

const MEAN_SQUARED_ERROR_CODE = 0u;
const MEAN_ABSOLUTE_ERROR_CODE = 1u;
const BINARY_CROSSENTROPY_CODE = 2u;
const BINARY_CROSSENTROPY_FROM_LOGITS_CODE = 3u;
const HUBER_CODE = 4u;

const EPSILON = 1e-7;

// NaN must stay NaN, but `max`, `clamp` and comparisons swallow it.
fn lossOf(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(valueOf(code, number, p, t), p); }

fn lossSlope(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(slopeOf(code, number, p, t), p); }

fn smoothed(t: f32, smoothing: f32) -> f32 { return t + smoothing * (0.5 - t); }

fn valueOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case MEAN_ABSOLUTE_ERROR_CODE: { return abs(p - t); }
    case BINARY_CROSSENTROPY_CODE: {
      let q = clamp(p, EPSILON, 1.0 - EPSILON);
      let s = smoothed(t, number);
      return -(s * log(q) + (1.0 - s) * log(1.0 - q));
    }
    case BINARY_CROSSENTROPY_FROM_LOGITS_CODE: { return max(p, 0.0) - p * smoothed(t, number) + log1p(vec4f(exp(-abs(p)))).x; }
    case HUBER_CODE: {
      let e = abs(p - t);
      return select(number * e - 0.5 * number * number, 0.5 * e * e, e <= number);
    }
    default: { return (p - t) * (p - t); }
  }
}

fn slopeOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case MEAN_ABSOLUTE_ERROR_CODE: { return sign(p - t); }
    case BINARY_CROSSENTROPY_CODE: {
      if (p <= EPSILON || p >= 1.0 - EPSILON) { return 0.0; }
      return (p - smoothed(t, number)) / (p * (1.0 - p));
    }
    case BINARY_CROSSENTROPY_FROM_LOGITS_CODE: {
      let e = exp(-abs(p));
      return select(e, 1.0, p >= 0.0) / (1.0 + e) - smoothed(t, number);
    }
    case HUBER_CODE: { return clamp(p - t, -number, number); }
    default: { return 2.0 * (p - t); }
  }
}
