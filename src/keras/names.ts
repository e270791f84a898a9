// What Keras's names are called in Python, whichever way they are imported.

/** Modules that are Keras itself, under the names that packages give them. */
const KERAS =
  /^(?:tensorflow|tf)(?:_core)?(?:\.python)?(?:\._api\.v2)?(?:\.compat\.v[12])?\.keras\b|^tf_keras\b|^keras\._tf_keras\.keras\b/

/** Modules of TensorFlow that are Keras's. */
const OF_KERAS = /^tensorflow\.(initializers|optimizers|losses|metrics)\b/

/** Initializers that are TensorFlow's own. */
const OF_TENSORFLOW =
  /^tensorflow\.(zeros|ones|constant|random_normal|random_uniform|truncated_normal|variance_scaling|orthogonal)_initializer$/

/** A dotted path with Keras's own name for what it means: `keras.layers.LSTM` of `tensorflow.python.keras.layers.LSTM`. */
export function canonical(path: string): string {
  const plain = path.replace(KERAS, 'keras').replace(/^keras\.(?:src|api(?:\._v2)?|_tf_keras)\b/, 'keras')
  return plain
    .replace(OF_KERAS, 'keras.$1')
    .replace(/^tensorflow\.compat\.v[12]\b/, 'tensorflow')
    .replace(OF_TENSORFLOW, 'keras.initializers.$1')
}

/** Whether a path is of an old Keras, whose defaults were others. */
export const isOldKeras = (path: string): boolean => /^tf_keras\b|\.compat\.v1\b/.test(path)

/** The kinds of names that Keras has. */
export type Area =
  | 'layers'
  | 'models'
  | 'optimizers'
  | 'schedules'
  | 'losses'
  | 'metrics'
  | 'callbacks'
  | 'initializers'
  | 'regularizers'
  | 'constraints'
  | 'activations'
  | 'applications'
  | 'ops'
  | 'other'

/** Modules of Keras, with those inside it, of today and of old, that editors import from. */
const AREAS: Readonly<Record<string, Area>> = {
  layers: 'layers',
  legacy: 'layers',
  engine: 'models',
  models: 'models',
  optimizers: 'optimizers',
  optimizer_v1: 'optimizers',
  optimizer_v2: 'optimizers',
  optimizer_experimental: 'optimizers',
  losses: 'losses',
  objectives: 'losses',
  metrics: 'metrics',
  callbacks: 'callbacks',
  initializers: 'initializers',
  regularizers: 'regularizers',
  constraints: 'constraints',
  activations: 'activations',
  applications: 'applications',
  ops: 'ops',
  backend: 'ops',
  config: 'ops',
  random: 'ops',
}

const MODELS = ['Sequential', 'Model', 'Functional', 'load_model', 'model_from_json', 'clone_model']

/** Where a canonical path belongs, and its last name; null for what is not of Keras, TensorFlow or its functions. */
export function placeOf(path: string): { readonly area: Area; readonly name: string } | null {
  const [root, ...parts] = path.split('.')
  const name = parts.at(-1)
  if (name === undefined) return null
  if (root === 'tensorflow') return { area: 'ops', name }
  if (root !== 'keras') return null
  if (MODELS.includes(name)) return { area: 'models', name }
  if (name === 'Input' || name === 'InputLayer' || name === 'Layer') return { area: 'layers', name }
  if (name === 'Variable') return { area: 'ops', name }
  if (name === 'LossScaleOptimizer') return { area: 'optimizers', name }
  if (parts.includes('schedules') || parts.includes('learning_rate_schedule'))
    return { area: 'schedules', name }
  return { area: (parts.length > 1 ? AREAS[parts[0] ?? ''] : undefined) ?? 'other', name }
}
