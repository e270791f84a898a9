// A text, character by character: ids of fifty characters [N, 50] → the chances of each that follows [N, 50, characters].

import { Adam, Dense, Embedding, GRU, type LayersModel, Sequential, tensor } from 'recurra'
import type { Problem } from '../problem.ts'
import { refuseUnknown, type WritingTrial } from '../trial.ts'
import { classesOf } from './classes.ts'
import { readConstitution } from './data.ts'
import { makeRandom } from './random.ts'
import { sampleTask } from './samples.ts'

/** The characters of the text, by their ids. */
const characters = '\n "(),-.0123456789:;ABCDEFGHIJKLMNOPQRSTUVWXYabcdefghijklmnopqrstuvwxyz'
const STEPS = 50
/** Of that many stretches of fifty characters one is held out. */
const APART = 45
/** Characters of the text that the list shows before the one that is told. */
const CONTEXT = 14

/** Ids of a text. */
export const idsOf = (text: string): number[] => [...text].map((character) => characters.indexOf(character))

/** A character that is seen as it stands in a list. */
const visible = (text: string): string => text.replaceAll('\n', '¶').replaceAll(' ', '␣')

// A temperature of 0.5: chances to the power of two.
const use = {
  typescript: `
// the same weights, a character at a time;
// the state stays from call to call
const writer = Sequential()
writer.add(Embedding(${characters.length}, 32, { batchShape: [1, 1] }))
writer.add(GRU(128, { stateful: true }))
writer.add(Dense(${characters.length}, { activation: 'softmax' }))
writer.setWeights(await model.getWeights())

const [temperature, text] = [0.5, [${characters.indexOf('T')}]]
for (let i = 0; i < 100; i++) {
  const last = [text.slice(-1)]
  const { data } = await writer.predictOnBatch(last)
  const weights = data.map((p) => p ** (1 / temperature))
  const sum = weights.reduce((a, b) => a + b)
  let rest = Math.random() * sum
  text.push(weights.findIndex((w) => (rest -= w) < 0))
}`,
  keras: `
# the same weights, a character at a time;
# the state stays from call to call
writer = Sequential()
writer.add(Input(batch_shape=(1, 1)))
writer.add(Embedding(${characters.length}, 32))
writer.add(GRU(128, stateful=True))
writer.add(Dense(${characters.length}, activation="softmax"))
writer.set_weights(model.get_weights())

temperature, text = 0.5, [${characters.indexOf('T')}]
for i in range(100):
    last = np.array([text[-1:]])
    chances = writer.predict_on_batch(last)[0]
    weights = chances.astype("float64")
    weights **= 1 / temperature
    weights /= weights.sum()
    text.append(np.random.choice(${characters.length}, p=weights))`,
}

/** Draws an id by chances to the power of 1/temperature, with a number in [0, 1). */
function draw(chances: Float32Array, temperature: number, uniform: number): number {
  const top = Math.max(...chances)
  const weights = [...chances].map((chance) => (chance / top) ** (1 / temperature))
  let rest = uniform * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => {
    rest -= weight
    return rest < 0
  })
  return found < 0 ? chances.indexOf(top) : found
}

function createWriter(): LayersModel {
  const writer = Sequential()
  writer.add(Embedding(characters.length, 32, { batchShape: [1, 1] }))
  writer.add(GRU(128, { stateful: true }))
  writer.add(Dense(characters.length, { activation: 'softmax' }))
  return writer
}

const trial: WritingTrial = {
  kind: 'writing',
  title: 'What it writes',
  label: 'It goes on from',
  prompt: 'The President shall',
  maxLength: 60,
  refuse: (text) => refuseUnknown(text, characters),
  start(model) {
    const writer = createWriter()
    const random = makeRandom(17)
    let chances: Float32Array = new Float32Array()
    const read = async (id: number): Promise<void> => {
      chances = (await writer.predictOnBatch(tensor([id], [1, 1]))).data
    }
    return {
      async begin(text) {
        writer.setWeights(await model.getWeights())
        writer.resetStates()
        for (const id of idsOf(text)) await read(id)
      },
      async next(temperature) {
        const id = draw(chances, temperature, random() / 2 ** 31)
        await read(id)
        return characters[id] ?? ''
      },
      dispose: () => writer.dispose(),
    }
  },
}

const [epochs, batchSize] = [16, 32]

export const writing: Problem = {
  name: 'writing',
  title: 'A model that writes',
  group: 'Text',
  about:
    'The Constitution of the United States, character by character: from those before it the network tells the next. Let it ' +
    'draw one by the chances that it gives, read that, and draw again, and it writes. Of every 45 stretches one is held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: `[N, ${STEPS}] → [N, ${STEPS}, ${characters.length}]`,
  quality: { measure: 'Share of held-out characters that are right', better: 'above', bound: 0.5 },
  brief: { epochs: 2, bound: 0.3 },
  trial,

  code: {
    data: 'x: numbers of fifty characters; y: those of the characters after each',
    use,
  },

  createModel() {
    const model = Sequential()
    model.add(Embedding(characters.length, 32, { inputShape: [STEPS] }))
    model.add(GRU(128, { returnSequences: true }))
    model.add(Dense(characters.length, { activation: 'softmax' }))
    model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const ids = idsOf(await readConstitution(readText))
    const stretches = Array.from({ length: Math.floor((ids.length - 1) / STEPS) }, (_, i) => {
      const at = i * STEPS
      return { input: ids.slice(at, at + STEPS), target: ids.slice(at + 1, at + 1 + STEPS) }
    })
    const isHeldOut = (_: unknown, i: number): boolean => i % APART === APART >> 1
    const heldOut = stretches.filter(isHeldOut)
    return sampleTask({
      learned: stretches.filter((stretch, i) => !isHeldOut(stretch, i)),
      heldOut,
      showsHeldOut: true,
      inputShape: [STEPS],
      outputShape: [STEPS],
      label: 'GRU(128)',
      quantity: 'Character',
      measure: 'accuracy',
      decode: (outputs) => classesOf(outputs, characters.length),
      digits: [0, 0],
      position: 'After',
      formatPosition: (index) => {
        const [stretch, step] = [heldOut[Math.floor(index / STEPS)], index % STEPS]
        const seen = stretch?.input.slice(Math.max(0, step + 1 - CONTEXT), step + 1) ?? []
        return `… ${seen
          .map((id) => characters[id])
          .join('')
          .replaceAll('\n', '¶')}`
      },
      formatValue: (id) => visible(characters[id] ?? ''),
    })
  },
}
