// docs/keras-compatibility.md from what the package exports, from the tables of its layers' options, and from the names that Keras
// exports (kerasApi.json: classes with the parameters of their constructors, functions). What is not here has its reason in the
// tables below and beside the code; a name without a reason is an error, and so is a reason for what is here.

import * as applications from '../../src/applications.ts'
import { refusedCallbacks } from '../../src/callbacks/refused.ts'
import { datasets } from '../../src/data.ts'
import { refusedLayers } from '../../src/formats/config/refusedLayers.ts'
import { toCamelCase } from '../../src/formats/config/snakeCase.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import { activationNames } from '../../src/layers/options.ts'
import { refusedOperations } from '../../src/operations/refused.ts'
import { refusedOptimizers } from '../../src/training/optimizers/refused.ts'
import type { OptionTable } from '../../src/util/options.ts'
import { peersSection } from '../peers/table.ts'
import { scriptsSection } from '../scripts/section.ts'
import { kerasApi } from './kerasApi.ts'
import { membersSection } from './members.ts'
import { isRefused } from './optionKinds.ts'

const LOW_RANK = 'layers are not tuned by matrices of low rank'
const QUANTIZED = 'weights are floats'

/** Why an option, in camelCase, has its default alone; a layer's own reason before that of all. */
const refusedOptions: Readonly<Record<string, string>> = {
  boundingBoxFormat: 'inputs are images alone',
  factor: 'in Keras it does nothing, or is refused',
  flashAttention: 'how scores are computed follows from the sizes',
  gptqUnpackedColumnSize: QUANTIZED,
  inputTensor: 'inputs are values of a call',
  'encoding of StringLookup': "JavaScript's strings are Unicode",
  'encoding of TextVectorization': "JavaScript's strings are Unicode",
  loraAlpha: LOW_RANK,
  loraRank: LOW_RANK,
  'oovMethod of StringLookup': 'it belongs to integers, as in Keras',
  optional: 'a model that has fewer inputs is another model',
  quantizationConfig: QUANTIZED,
  ragged: 'lists of sequences of several lengths are data of `fit` as they are',
  sparse: 'tensors are dense',
  synchronized: 'a model trains on one device',
  'vocabularyDtype of IntegerLookup': 'the one that Keras has, int64, is that of the numbers here',
  'weights of Bidirectional': 'call setWeights',
}

/** Names by the reason of each, in the order of the reasons' first names. */
function grouped(names: readonly string[], reason: (name: string) => string): ReadonlyMap<string, string> {
  const groups = new Map<string, string[]>()
  for (const name of names) groups.set(reason(name), [...(groups.get(reason(name)) ?? []), name])
  return new Map([...groups].map(([why, group]) => [why, listed(group)]))
}

const byReason = (names: readonly string[], reason: (name: string) => string): string =>
  [...grouped(names, reason)].map(([why, group]) => `${group} (${why})`).join('; ')

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

const explained = (what: string, reason: string | undefined): string => {
  if (reason === undefined) throw new Error(`${what} is not here: say why.`)
  return reason
}

/** What of a layer is not here. */
function lacking(name: string, options: readonly string[]): string {
  const table: OptionTable | undefined = layerDefinitions.get(name)?.table
  const refused = options.map(toCamelCase).filter((option) => {
    const entry = table?.[option]
    return table !== undefined && (entry === undefined || isRefused(entry))
  })
  const without = byReason(refused, (option) =>
    explained(`${name}, ${option}`, refusedOptions[`${option} of ${name}`] ?? refusedOptions[option]),
  )
  return without === '' ? 'with all options' : `without ${without}`
}

/** What of a list of Keras's classes is here, and what is not yet. */
function classes(
  title: string,
  names: readonly string[],
  isHere: (name: string) => boolean,
  refused: Readonly<Record<string, string>> = {},
): string[] {
  const missing = names.filter((name) => !isHere(name) && refused[name] === undefined)
  const reasons = names.flatMap((name) => refused[name] ?? [])
  if (Object.keys(refused).some(isHere) || reasons.length < Object.keys(refused).length)
    throw new Error(`${title}: refused, and here or unknown to Keras.`)
  return [
    `## ${title}`,
    '',
    `Here: ${listed(names.filter(isHere)) || 'none as a class'}.`,
    ...(missing.length ? ['', `Not yet: ${listed(missing)}.`] : []),
    ...(reasons.length
      ? ['', `Not here: ${byReason(Object.keys(refused), (name) => refused[name] ?? '')}.`]
      : []),
    '',
  ]
}

/** The name here of one of Keras, which may be in a module. */
const nameOf = (name: string): string => name.split('.').map(toCamelCase).join('.')

/** Whether there is something of a name, which may be in a module. */
const among =
  (names: Readonly<Record<string, unknown>>) =>
  (name: string): boolean => {
    const [first = '', second] = name.split('.')
    const found = names[first]
    return second === undefined
      ? found !== undefined
      : typeof found === 'object' && found !== null && Reflect.get(found, second) !== undefined
  }

/** Functions of `keras.ops` and `keras.random`, by their names here. */
function operations(ops: Readonly<Record<string, unknown>>): string[] {
  const isHere = among(ops)
  const names = kerasApi.ops.map(nameOf)
  const missing = names.filter((name) => !isHere(name))
  const reasons = Object.keys(refusedOperations)
  const stale = reasons.filter((name) => isHere(name) || !names.includes(name))
  if (stale.length) throw new Error(`${stale.join(', ')}: refused, and here or unknown to Keras.`)
  const reasonOf = (name: string): string => explained(`ops.${name}`, refusedOperations[name])
  return [
    '## Operations',
    '',
    `${names.length - missing.length} of ${names.length} functions of \`ops\` and \`random\` are here: ${listed(names.filter(isHere))}.`,
    '',
    'Not here:',
    '',
    ...[...grouped(missing, reasonOf)].map(([why, group]) => `- ${group}: ${why}.`),
    '',
  ]
}

/** Where Keras contradicts itself. */
const differences = [
  'A `dropout` or `recurrentDropout` of 1 leaves nothing at every recurrent layer. In Keras 3.16 it does so in `SimpleRNN`, and in `LSTM` where that',
  'is one function of the backend; cells of `LSTM`, `GRU` and ConvLSTM drop nothing then.',
  '',
  'In predictions a `RandomCrop` takes the middle of images and resizes it, as its documentation says and Keras did up to 3.5; Keras 3.16 hands',
  'images of their own size on, whatever shape it has said of its outputs.',
]

/** The text of docs/keras-compatibility.md. */
export async function compatibilityPage(api: Readonly<Record<string, unknown>>): Promise<string> {
  const isHere = (name: string): boolean => api[name] !== undefined
  const stale = Object.keys(refusedLayers).filter((name) => isHere(name) && name !== 'Lambda')
  if (stale.length) throw new Error(`${stale.join(', ')}: here, and refused.`)
  const layers = Object.entries(kerasApi.layers)
  const activations = kerasApi.activations.filter((name) =>
    (activationNames as readonly string[]).includes(name),
  )
  const noActivation = kerasApi.activations.filter((name) => !activations.includes(name))
  return [
    '# Compatibility with Keras',
    '',
    `What Keras ${kerasApi.version} has, and what of it is here. Names of options are Keras's in camelCase. An option that is not here`,
    'is an error that names it, unless it is given as null, false or its default.',
    '',
    'This page is made by `npm run test:unit -- test/compatibility.test.ts -u`, from the package and its tables; a test compares it.',
    '',
    '## Layers',
    '',
    'All take `name`, `dtype` (`float32`, `mixed_float16`) and `trainable`; all but cells, inputs and those that the host computes take `activityRegularizer`.',
    '',
    'Here:',
    '',
    ...[
      ...grouped(layers.map(([name]) => name).filter(isHere), (name) =>
        lacking(name, kerasApi.layers[name] ?? []),
      ),
    ].map(([what, names]) => `- ${what}: ${names}.`),
    '',
    ...differences,
    '',
    'Not here:',
    '',
    ...[
      ...grouped(
        layers.map(([name]) => name).filter((name) => !isHere(name)),
        (name) => explained(name, refusedLayers[name]),
      ),
    ].map(([why, names]) => `- ${names}: ${why}.`),
    '',
    `Other names of these: ${Object.entries(kerasApi.aliases)
      .map(([alias, name]) => `\`${alias}\` (${name}${isHere(alias) ? '' : ', not here'})`)
      .join(', ')}.`,
    '',
    '## Activations',
    '',
    `By name: ${listed(activations)}.`,
    '',
    `As functions, \`(x) => ops.threshold(x, 0.5, 0)\` and the like: ${listed(noActivation)}.`,
    '',
    ...operations({ ...(api.ops as Readonly<Record<string, unknown>>), random: api.random }),
    ...classes('Regularizers', kerasApi.regularizers, isHere),
    ...classes('Constraints', kerasApi.constraints, isHere),
    ...classes('Losses', kerasApi.losses, isHere),
    ...classes('Metrics', kerasApi.metrics, isHere),
    ...classes('Optimizers', kerasApi.optimizers, isHere, refusedOptimizers),
    ...classes('Learning-rate schedules', kerasApi.schedules, isHere),
    ...classes('Callbacks', kerasApi.callbacks, isHere, refusedCallbacks),
    ...classes('Networks of images', kerasApi.applications.map(nameOf), among(applications)),
    ...classes('Data sets', kerasApi.datasets.map(nameOf), among(datasets)),
    ...membersSection(toCamelCase, grouped),
    ...(await scriptsSection()),
    ...peersSection(),
  ].join('\n')
}
