// Calls of scripts that are named otherwise here, that say how Python runs, or that are not here, with the reasons.

/** Modules whose names stand in another one today, and that of the entry `recurra/data`. */
export const MODULES: Readonly<Record<string, string>> = {
  engine: 'layers',
  objectives: 'losses',
  initializations: 'initializers',
  backend: 'ops',
  mixed_precision: 'config',
  preprocessing: 'data',
}

/** Calls that have another name here. */
export const RENAMED: Readonly<Record<string, string>> = {
  '.evaluate_generator': 'model.evaluate',
  '.fit_generator': 'model.fit',
  '.predict_classes': 'model.predict, and ops.argmax of it',
  '.predict_proba': 'model.predict',
  'config.set_global_policy': 'config.setDtypePolicy',
  'data.__init__': 'Tokenizer, which may be extended',
  'initializers.normal': 'RandomNormal',
  'layers.Merge': 'Add, Concatenate, Dot, Multiply and their like',
  'layers.Recurrent': 'Cell',
  'layers.merge': 'add, concatenate, dot, multiply and their like',
  'models.from_config': 'modelFromConfig',
  'ops.ctc_batch_cost': 'ops.ctcLoss',
  'ops.batch_dot': 'Dot, and ops.matmul',
  'ops.conv2d': 'ops.conv',
  'ops.permute_dimensions': 'ops.transpose',
  'ops.random_normal': 'random.normal',
  'ops.reverse': 'ops.flip',
  'ops.switch': 'ops.where',
  'saving.register_keras_serializable': 'register',
  'utils.model_to_dot': "plotModel with its format 'dot'",
  'utils.register_keras_serializable': 'register',
  'utils.set_random_seed': 'setSeed',
}

/** What has no meaning here: sessions and devices of TensorFlow, generic readers, and what ops take as it is. */
export const OF_PYTHON =
  /^backend\.(clear_session|[sg]et_session|set_learning_phase|name_scope|tensorflow_backend|backend|floatx|epsilon|image_data_format|set_image|function|eval|variable|batch_set_value|set_value|cast)|\.(get|serialize|deserialize)$|^ops\.(cast|convert_to_(numpy|tensor))|slice_X|get_file/

/** Arguments that Keras 3 has no longer either, with what does it now where something does. */
export const GONE: Readonly<Record<string, string | null>> = {
  'callbacks.ModelCheckpoint period': 'saveFreq',
  'callbacks.ReduceLROnPlateau epsilon': 'minDelta',
  'callbacks.TensorBoard batch_size': null,
  'callbacks.TensorBoard embeddings_data': null,
  'callbacks.TensorBoard embeddings_layer_names': null,
  'callbacks.TensorBoard write_grads': null,
  'data.Tokenizer document_count': null,
  'imdb.load_data test_split': null,
  'layers.Attention causal': 'useCausalMask of the call',
  'layers.Dense weights': 'setWeights',
  'layers.TimeDistributed weights': 'setWeights',
  'layers.Embedding W_regularizer': 'embeddingsRegularizer',
  'layers.Embedding dropout': 'SpatialDropout1D behind it',
  'models.load_model safe_mode': null,
  'optimizers.Adam decay': 'InverseTimeDecay',
  'optimizers.Nadam schedule_decay': null,
  'optimizers.SGD decay': 'InverseTimeDecay',
  '.evaluate shuffle': null,
}

/** Arguments that no Keras has: slips of the pen, and those of methods that the text writes itself. */
export const OF_THE_TEXT =
  /^(\.compile (distillation_loss_fn|student_loss_fn|sampler)|\.predict return_df_metrics|layers\.LSTM (kerbenel_initializer|uunits))$/

/** What is not here. */
export const ABSENT: readonly { readonly names: RegExp; readonly reason: string }[] = [
  { names: /^wrappers\./, reason: 'scikit-learn is a library of Python' },
  {
    names: /^layers\.Input ragged/,
    reason: 'lists of sequences of several lengths are data of `fit` as they are',
  },
  { names: /^layers\.TFSMLayer/, reason: 'code of another library cannot run here' },
  { names: /^ops\.(extract_patches|resize)/, reason: 'images are changed by layers, Resizing and others' },
  { names: /^utils\.load_img/, reason: 'a page decodes images, and imgToArray takes what it has' },
  { names: /^layers\.InputSpec/, reason: 'shapes are checked in build, which gets that of the input' },
  { names: /^layers\.LocallyConnected/, reason: 'Keras 3 has it no longer' },
]
