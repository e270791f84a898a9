// The text of a config. Python tells 1 from 1.0, and Keras refuses a momentum of 0 or a learning rate of 1; JSON.stringify
// writes both alike, so that what Keras reads as a fraction has a text of its own.

import { isJsonObject, type Json } from '../config/json.ts'

/** The options of Keras's classes that are floats in Python, whatever their value. */
export const floatOptions: ReadonlySet<string> = new Set(
  [
    // Layers, initializers, regularizers, constraints.
    'dropout recurrent_dropout rate alpha negative_slope max_value threshold epsilon momentum gain mean variance stddev minval maxval',
    'scale offset mask_value value l1 l2 factor min_value height_factor width_factor fill_value logit_soft_cap init_values',
    'min_freq max_freq top_db mag_exp min_power ref_power',
    // Optimizers and schedules.
    'learning_rate beta beta_1 beta_2 beta_2_decay rho weight_decay clipnorm clipvalue global_clipnorm ema_momentum loss_scale_factor',
    'initial_scale initial_accumulator_value learning_rate_power l1_regularization_strength l2_regularization_strength',
    'l2_shrinkage_regularization_strength epsilon_1 epsilon_2 clip_threshold adam_lr_ratio adam_weight_decay',
    'adam_beta_1 adam_beta_2 muon_a muon_b muon_c rms_rate',
    'initial_learning_rate end_learning_rate decay_rate power t_mul m_mul warmup_target values',
    // Losses, metrics and their weights.
    'label_smoothing gamma delta smooth margin q renorm_momentum rmin rmax dmax loss_weights thresholds recall precision sensitivity specificity',
  ].flatMap((names) => names.split(' ')),
)

/** What has the keys of outputs and inputs, which may be words for options, too. */
const KEYED: ReadonlySet<string> = new Set(['loss_weights', 'input_layers', 'output_layers'])

/** The text of a number: with a point where it is a float. */
const numberText = (value: number, isFloat: boolean): string =>
  isFloat && Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : JSON.stringify(value)

/**
 * The JSON of a config as Python's json module reads it: numbers of options that are floats in Keras have a point.
 *
 * @param name The option whose value it is; entries of a list or a record are values of the same option.
 */
export function kerasJson(value: Json, name = ''): string {
  if (typeof value === 'number') return numberText(value, floatOptions.has(name))
  if (Array.isArray(value)) return `[${value.map((entry) => kerasJson(entry, name)).join(', ')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const entries = Object.entries(value)
    // As JSON.stringify does.
    .filter(([, inner]) => (inner as Json | undefined) !== undefined)
    .map(([key, inner]) => {
      const option = KEYED.has(name) ? name : key
      return `${JSON.stringify(key)}: ${kerasJson(inner, option)}`
    })
  return `{${entries.join(', ')}}`
}
