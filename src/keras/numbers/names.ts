// Names of numpy: operators, methods, functions and their parameters, and what they are called elsewhere.

/** Python's operators as numpy's functions. */
export const OPERATORS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '//': 'floor_divide',
  '%': 'mod',
  '**': 'power',
  '@': 'matmul',
  '==': 'equal',
  '!=': 'not_equal',
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
}

/** Methods of arrays that are numpy's functions of the array. */
export const METHODS = [
  'reshape',
  'transpose',
  'sum',
  'mean',
  'std',
  'var',
  'prod',
  'max',
  'min',
  'cumsum',
  'repeat',
  'dot',
  'clip',
  'squeeze',
  'ravel',
]

/** Methods and functions that change an array in a way that is not read. */
export const CHANGING = [
  'fill',
  'sort',
  'partition',
  'put',
  'itemset',
  'resize',
  'fill_diagonal',
  'place',
  'copyto',
  'putmask',
  'shuffle',
]

/** Options of numpy's functions that are no arrays. */
export const OPTIONS = [
  'axis',
  'axes',
  'shape',
  'newshape',
  'dtype',
  'keepdims',
  'endpoint',
  'num',
  'n',
  'm',
  'k',
  'reps',
  'repeats',
]

/** What numpy's functions are called elsewhere. */
export const NAMES: Readonly<Record<string, string>> = {
  amax: 'max',
  amin: 'min',
  around: 'rint',
  concat: 'concatenate',
  clip_by_value: 'clip',
  float_power: 'power',
  pow: 'power',
  range: 'arange',
  reduce_max: 'max',
  reduce_mean: 'mean',
  reduce_min: 'min',
  reduce_prod: 'prod',
  reduce_sum: 'sum',
  remainder: 'mod',
  floormod: 'mod',
  floordiv: 'floor_divide',
}

/** What parameters are called elsewhere. */
export const ALIASES: Readonly<Record<string, string>> = {
  limit: 'stop',
  delta: 'step',
  values: 'arrays',
  tensors: 'arrays',
  N: 'n',
  M: 'm',
  dims: 'shape',
  value: 'fill_value',
  multiples: 'reps',
  x: 'a',
  y: 'x2',
}
