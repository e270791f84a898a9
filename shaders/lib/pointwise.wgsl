// Functions of pointwise.wgsl, four elements at a time, each by the name in src/ops/pointwiseFunctions.ts. What is true is 1, what
// is false 0, and a condition holds where a number is not 0. WGSL leaves open what some functions give outside their domain, and
// how exact they are near 0, so that these are made of others.

import package::lib::activation::{activate, slopeOf, ZERO, ONE, expm1, log1p, gaussian, quotientTanh};
import package::lib::nan::{isNan4, orNan4};

fn truth(condition: vec4<bool>) -> vec4f { return select(ZERO, ONE, condition); }

// NaN in the lanes of a condition.
fn nanWhere(condition: vec4<bool>, y: vec4f) -> vec4f {
  return select(y, bitcast<vec4f>(bitcast<vec4u>(y) | vec4u(0x7fc00000u)), condition);
}

fn pointwiseAdd(p: vec4f, q: vec4f) -> vec4f { return p + q; }
fn pointwiseSubtract(p: vec4f, q: vec4f) -> vec4f { return p - q; }
fn pointwiseMultiply(p: vec4f, q: vec4f) -> vec4f { return p * q; }
fn pointwiseDivide(p: vec4f, q: vec4f) -> vec4f { return p / q; }
fn pointwiseMaximum(p: vec4f, q: vec4f) -> vec4f { return orNan4(orNan4(max(p, q), p), q); }
fn pointwiseMinimum(p: vec4f, q: vec4f) -> vec4f { return orNan4(orNan4(min(p, q), p), q); }
fn pointwiseFloorDivide(p: vec4f, q: vec4f) -> vec4f { return floor(p / q); }
// As in NumPy the remainder has the sign of the divisor.
fn pointwiseMod(p: vec4f, q: vec4f) -> vec4f { return p - q * floor(p / q); }

fn pointwisePower(p: vec4f, q: vec4f) -> vec4f {
  let size = pow(abs(p), q);
  let isOdd = abs(q - 2.0 * floor(0.5 * q)) == ONE;
  let signed = select(size, -size, (p < ZERO) & isOdd);
  let result = orNan4(orNan4(nanWhere((p < ZERO) & (floor(q) != q), signed), p), q);
  return select(result, ONE, q == ZERO);
}

// Of |x| ≤ 1, by Cephes' polynomial below tan(π/8), and above it from π/4 on.
fn arctanOfPart(x: vec4f) -> vec4f {
  let isLarge = x > vec4f(0.41421356);
  let t = select(x, (x - 1.0) / (x + 1.0), isLarge);
  let s = t * t;
  let value = ((((8.05374449538e-2 * s - 1.38776856032e-1) * s + 1.99777106478e-1) * s - 3.33329491539e-1) * s) * t + t;
  return select(value, value + 0.78539816339744830962, isLarge);
}

// The angle of a point, by the quotient of its smaller coordinate and its larger one.
fn pointwiseArctan2(p: vec4f, q: vec4f) -> vec4f {
  let high = max(abs(p), abs(q));
  let low = min(abs(p), abs(q));
  let part = arctanOfPart(select(low / high, ZERO, high == ZERO));
  let steep = select(part, 1.57079632679489661923 - part, abs(p) > abs(q));
  let left = select(steep, 3.14159265358979323846 - steep, q < ZERO);
  return orNan4(orNan4(select(left, -left, p < ZERO), p), q);
}
fn pointwiseEqual(p: vec4f, q: vec4f) -> vec4f { return truth((p == q) & !isNan4(p) & !isNan4(q)); }
fn pointwiseNotEqual(p: vec4f, q: vec4f) -> vec4f { return truth((p != q) | isNan4(p) | isNan4(q)); }
fn pointwiseLess(p: vec4f, q: vec4f) -> vec4f { return truth((p < q) & !isNan4(p) & !isNan4(q)); }
fn pointwiseLessEqual(p: vec4f, q: vec4f) -> vec4f { return truth((p <= q) & !isNan4(p) & !isNan4(q)); }
fn pointwiseLogicalAnd(p: vec4f, q: vec4f) -> vec4f { return truth((p != ZERO) & (q != ZERO)); }
fn pointwiseLogicalOr(p: vec4f, q: vec4f) -> vec4f { return truth((p != ZERO) | (q != ZERO)); }
fn pointwiseLogicalXor(p: vec4f, q: vec4f) -> vec4f { return truth((p != ZERO) != (q != ZERO)); }
fn pointwiseActivation(p: vec4f, code: u32) -> vec4f { return activate(code, p); }
fn pointwiseSlope(p: vec4f, code: u32) -> vec4f { return slopeOf(code, p); }

fn pointwiseWhere(p: vec4f, q: vec4f, r: vec4f) -> vec4f { return select(r, q, p != ZERO); }

fn pointwiseNegative(p: vec4f) -> vec4f { return -p; }
fn pointwiseAbsolute(p: vec4f) -> vec4f { return abs(p); }
fn pointwiseSign(p: vec4f) -> vec4f { return orNan4(sign(p), p); }
fn pointwiseFloor(p: vec4f) -> vec4f { return floor(p); }
fn pointwiseCeil(p: vec4f) -> vec4f { return ceil(p); }
fn pointwiseRound(p: vec4f) -> vec4f { return round(p); }
fn pointwiseTrunc(p: vec4f) -> vec4f { return trunc(p); }
fn pointwiseLogicalNot(p: vec4f) -> vec4f { return truth(p == ZERO); }
fn pointwiseIsnan(p: vec4f) -> vec4f { return truth(isNan4(p)); }
fn pointwiseIsinf(p: vec4f) -> vec4f {
  return truth((bitcast<vec4u>(p) & vec4u(0x7fffffffu)) == vec4u(0x7f800000u));
}
fn pointwiseIsfinite(p: vec4f) -> vec4f {
  return truth((bitcast<vec4u>(p) & vec4u(0x7f800000u)) != vec4u(0x7f800000u));
}

fn pointwiseSquare(p: vec4f) -> vec4f { return p * p; }
fn pointwiseReciprocal(p: vec4f) -> vec4f { return 1.0 / p; }
fn pointwiseSqrt(p: vec4f) -> vec4f { return nanWhere(p < ZERO, sqrt(abs(p))); }
fn pointwiseRsqrt(p: vec4f) -> vec4f { return 1.0 / pointwiseSqrt(p); }
fn pointwiseExp(p: vec4f) -> vec4f { return orNan4(exp(p), p); }
// Above 0 by (1 − e⁻ˣ) / e⁻ˣ.
fn pointwiseExpm1(p: vec4f) -> vec4f {
  let e = expm1(-abs(p));
  return orNan4(select(e, -e / (1.0 + e), p > ZERO), p);
}

// By the exponent and 2·artanh((m − 1) / (m + 1)) of m between √½ and √2, because WGSL's logarithm may lose all digits near 1.
fn pointwiseLog(p: vec4f) -> vec4f {
  let size = bitcast<vec4u>(p) & vec4u(0x7fffffffu);
  // A number below 2⁻¹²⁶ is its bits times 2⁻¹⁴⁹.
  let isTiny = size < vec4u(0x800000u);
  let bits = select(size, bitcast<vec4u>(vec4f(size)), isTiny);
  let isUpper = (bits & vec4u(0x7fffffu)) > vec4u(0x3504f3u);
  let m = bitcast<vec4f>((bits & vec4u(0x7fffffu)) | select(vec4u(0x3f800000u), vec4u(0x3f000000u), isUpper));
  let whole = vec4i(bits >> vec4u(23u)) - 127 + select(vec4i(0), vec4i(1), isUpper) - select(vec4i(0), vec4i(149), isTiny);
  let exponent = vec4f(whole);
  let t = (m - 1.0) / (m + 1.0);
  let s = t * t;
  let inner = 2.0 * t * (((((s / 11.0 + 1.0 / 9.0) * s + 1.0 / 7.0) * s + 0.2) * s + 1.0 / 3.0) * s + 1.0);
  // ln 2 in two parts, of which a product with the exponent rounds nothing of the larger.
  let result = exponent * 0.693145751953125 + (inner + exponent * 1.42860682030941723212e-6);
  let infinity = bitcast<vec4f>((size & vec4u(0u)) | vec4u(0x7f800000u));
  let ofZero = select(result, -infinity, size == vec4u(0u));
  let ofAll = select(ofZero, infinity, size == vec4u(0x7f800000u));
  return nanWhere(p < ZERO, orNan4(ofAll, p));
}

fn pointwiseLog1p(p: vec4f) -> vec4f {
  let isNear = abs(p) < vec4f(0.4);
  let t = p / (2.0 + p);
  let s = t * t;
  let near = 2.0 * t * (((((s / 11.0 + 1.0 / 9.0) * s + 1.0 / 7.0) * s + 0.2) * s + 1.0 / 3.0) * s + 1.0);
  return select(pointwiseLog(1.0 + p), near, isNear);
}

fn pointwiseLog2(p: vec4f) -> vec4f { return pointwiseLog(p) * 1.44269504088896340736; }
fn pointwiseLog10(p: vec4f) -> vec4f { return pointwiseLog(p) * 0.43429448190325182765; }
// Sine and cosine by the quarter turns in p and Cephes' polynomials of what remains, since WGSL's are exact to 2⁻¹¹ only.
struct Turned { quarters: vec4i, sine: vec4f, cosine: vec4f }

fn turned(p: vec4f) -> Turned {
  let quarters = round(p * 0.63661977236758134308);
  let x = ((p - quarters * 1.5703125) - quarters * 4.837512969970703125e-4) - quarters * 7.54978995489188216e-8;
  let s = x * x;
  let sine = ((-1.9515295891e-4 * s + 8.3321608736e-3) * s - 1.6666654611e-1) * s * x + x;
  let cosine = ((2.443315711809948e-5 * s - 1.388731625493765e-3) * s + 4.166664568298827e-2) * s * s - 0.5 * s + 1.0;
  return Turned(vec4i(quarters) & vec4i(3), sine, cosine);
}

fn pointwiseSin(p: vec4f) -> vec4f {
  let t = turned(p);
  let value = select(t.sine, t.cosine, (t.quarters & vec4i(1)) == vec4i(1));
  return orNan4(select(value, -value, t.quarters > vec4i(1)), p - p);
}
fn pointwiseCos(p: vec4f) -> vec4f {
  let t = turned(p);
  let value = select(t.cosine, t.sine, (t.quarters & vec4i(1)) == vec4i(1));
  return orNan4(select(value, -value, (t.quarters == vec4i(1)) | (t.quarters == vec4i(2))), p - p);
}
fn pointwiseTan(p: vec4f) -> vec4f { return pointwiseSin(p) / pointwiseCos(p); }
fn pointwiseArcsin(p: vec4f) -> vec4f { return pointwiseArctan2(p, pointwiseSqrt((1.0 - p) * (1.0 + p))); }
fn pointwiseArccos(p: vec4f) -> vec4f { return pointwiseArctan2(pointwiseSqrt((1.0 - p) * (1.0 + p)), p); }
fn pointwiseArctan(p: vec4f) -> vec4f { return pointwiseArctan2(p, ONE); }
// With e = e⁻ˣ − 1 of x ≥ 0: −e·(2 + e) / (2·(1 + e)).
fn pointwiseSinh(p: vec4f) -> vec4f {
  let e = expm1(-abs(p));
  return orNan4(sign(p) * (-e * (2.0 + e) / (2.0 * (1.0 + e))), p);
}
fn pointwiseCosh(p: vec4f) -> vec4f {
  let e = exp(-abs(p));
  return orNan4(0.5 * e + 0.5 / e, p);
}
fn pointwiseTanh(p: vec4f) -> vec4f { return orNan4(quotientTanh(p), p); }
// ln(x + √(x² + 1)) as ln(1 + x + x² / (1 + √(x² + 1))), of large x as ln x + ln 2.
fn pointwiseArcsinh(p: vec4f) -> vec4f {
  let z = abs(p);
  let w = min(z, vec4f(1e9));
  let near = pointwiseLog1p(w + w * w / (1.0 + sqrt(w * w + 1.0)));
  return orNan4(sign(p) * select(near, pointwiseLog(z) + 0.69314718055994530942, z > vec4f(1e9)), p);
}
fn pointwiseArccosh(p: vec4f) -> vec4f {
  let w = clamp(p, ONE, vec4f(1e9)) - 1.0;
  let near = pointwiseLog1p(w + sqrt(w * (w + 2.0)));
  let far = pointwiseLog(p) + 0.69314718055994530942;
  return nanWhere(p < ONE, orNan4(select(near, far, p > vec4f(1e9)), p));
}
fn pointwiseArctanh(p: vec4f) -> vec4f { return 0.5 * (pointwiseLog1p(p) - pointwiseLog1p(-p)); }
// By its series near 0, else by Φ.
fn pointwiseErf(p: vec4f) -> vec4f {
  let s = p * p;
  let series = (((((s * 7.5757576e-4 - 4.6296296e-3) * s + 2.3809524e-2) * s - 0.1) * s + 0.33333334) * s - 1.0);
  let near = -1.12837916709551257390 * p * series;
  return orNan4(select(2.0 * gaussian(1.41421356237309504880 * p) - 1.0, near, abs(p) < vec4f(0.5)), p);
}
