// Elementwise activations by code, four values at a time (src/ops/activationFunctions.ts holds the same table for the CPU).
// Codes are override constants where they are used, so that a pipeline holds one branch of each switch.
//
// What a backward pass needs is stored in one float: the activation's result where its slope can be told from that
// (codes under 16), its argument otherwise. `stored` gives that float, `outputOf` and `slopeOf` read it.

const FROM_INPUT = 16u;
const SELU_SCALE = 1.05070098735548049342;
const SELU_ALPHA = 1.67326324235437728482;
const ZERO = vec4f(0.0);
const ONE = vec4f(1.0);

fn sigmoid(x: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0)))); }
// Some drivers give NaN beyond ±88; f32 tanh is 1 from 9 on.
fn safeTanh(x: vec4f) -> vec4f { return tanh(clamp(x, vec4f(-10.0), vec4f(10.0))); }
fn softplus(x: vec4f) -> vec4f { return max(x, ZERO) + log(1.0 + exp(-abs(x))); }
fn hardSigmoid(x: vec4f) -> vec4f { return clamp(x / 6.0 + 0.5, ZERO, ONE); }
fn negativeExp(x: vec4f) -> vec4f { return exp(min(x, ZERO)) - 1.0; }
// Abramowitz and Stegun 7.1.26, absolute error under 1.5e-7.
fn erf(x: vec4f) -> vec4f {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - p * exp(-min(x * x, vec4f(80.0))));
}

fn activate(code: u32, x: vec4f) -> vec4f {
  switch code {
    case 1u: { return max(x, ZERO); }
    case 2u: { return sigmoid(x); }
    case 3u: { return safeTanh(x); }
    case 4u: { return hardSigmoid(x); }
    case 5u: { return softplus(x); }
    case 6u: { return x / (1.0 + abs(x)); }
    case 7u: { return select(negativeExp(x), x, x > ZERO); }
    case 8u: { return SELU_SCALE * select(SELU_ALPHA * negativeExp(x), x, x > ZERO); }
    case 9u: { return exp(x); }
    case 10u: { return select(0.2 * x, x, x > ZERO); }
    case 11u: { return clamp(x, ZERO, vec4f(6.0)); }
    case 12u: { return clamp(x, -ONE, ONE); }
    case 13u: { return -softplus(-x); }
    case 16u: { return x * sigmoid(x); }
    case 17u: { return 0.5 * x * (1.0 + erf(x * 0.70710678118654752440)); }
    case 18u: { return x * safeTanh(softplus(x)); }
    case 19u: { return x * hardSigmoid(x); }
    case 20u: { return x - safeTanh(x); }
    case 21u: { return sign(x) * max(abs(x) - 0.5, ZERO); }
    case 22u: { return select(ZERO, x, abs(x) > vec4f(0.5)); }
    case 23u: { return 0.5 * (x + sqrt(x * x + 4.0)); }
    default: { return x; }
  }
}

fn stored(code: u32, x: vec4f) -> vec4f {
  if (code >= FROM_INPUT) { return x; }
  return activate(code, x);
}

fn outputOf(code: u32, s: vec4f) -> vec4f {
  if (code >= FROM_INPUT) { return activate(code, s); }
  return s;
}

fn slopeOf(code: u32, s: vec4f) -> vec4f {
  switch code {
    case 1u: { return select(ZERO, ONE, s > ZERO); }
    case 2u: { return s * (1.0 - s); }
    case 3u: { return 1.0 - s * s; }
    case 4u: { return select(ZERO, vec4f(1.0 / 6.0), (s > ZERO) & (s < ONE)); }
    case 5u: { return 1.0 - exp(-s); }
    case 6u: { return (1.0 - abs(s)) * (1.0 - abs(s)); }
    case 7u: { return select(s + 1.0, ONE, s > ZERO); }
    case 8u: { return select(s + SELU_SCALE * SELU_ALPHA, vec4f(SELU_SCALE), s > ZERO); }
    case 9u: { return s; }
    case 10u: { return select(vec4f(0.2), ONE, s > ZERO); }
    case 11u: { return select(ZERO, ONE, (s > ZERO) & (s < vec4f(6.0))); }
    case 12u: { return select(ZERO, ONE, (s > -ONE) & (s < ONE)); }
    case 13u: { return 1.0 - exp(s); }
    case 16u: { let g = sigmoid(s); return g * (1.0 + s * (1.0 - g)); }
    case 17u: {
      let density = 0.39894228040143267794 * exp(-0.5 * min(s * s, vec4f(160.0)));
      return 0.5 * (1.0 + erf(s * 0.70710678118654752440)) + s * density;
    }
    case 18u: { let t = safeTanh(softplus(s)); return t + s * sigmoid(s) * (1.0 - t * t); }
    case 19u: { return hardSigmoid(s) + select(ZERO, s / 6.0, (s > vec4f(-3.0)) & (s < vec4f(3.0))); }
    case 20u: { let t = safeTanh(s); return t * t; }
    case 21u, 22u: { return select(ZERO, ONE, abs(s) > vec4f(0.5)); }
    case 23u: { return 0.5 * (1.0 + s / sqrt(s * s + 4.0)); }
    default: { return ONE; }
  }
}
