/** The groups and arrays of every layer's weights in a .keras file are those that Keras writes. */
import { readFileSync } from 'node:fs'
import { gunzipSync, unzipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node } from '../../src/formats/hdf5/tree.ts'
import * as recurra from '../../src/index.ts'
import { layerModels } from '../support/everyLayer.ts'

const file = new URL('keras3/weightTrees.json.gz', import.meta.url)
const expected: Readonly<Record<string, readonly string[]>> = JSON.parse(
  new TextDecoder().decode(gunzipSync(readFileSync(file))),
)

/** Paths, those of arrays with their types and shapes. */
const listed = (node: Hdf5Node): string[] =>
  node.kind === 'group'
    ? [node.path, ...[...node.children.values()].flatMap(listed)]
    : [`${node.path} ${node.read().dtype} [${node.shape.join(', ')}]`]

beforeAll(() => recurra.setBackend('cpu'))

describe('the groups of', () => {
  const models = [...layerModels(recurra)].filter(([name]) => Object.hasOwn(expected, name))

  test.each(models)('%s', async (name, { make }) => {
    const { 'model.weights.h5': weights } = unzipSync(await make().save())
    const root = await readHdf5(name, weights as Uint8Array)
    expect(
      listed(root)
        .filter((path) => path.startsWith('layers/'))
        .sort(),
    ).toEqual(expected[name])
  })

  test('all layers but those that texts or data build', () => {
    const others = [...layerModels(recurra).keys()].filter((name) => !Object.hasOwn(expected, name))
    expect(others).toEqual(['StringLookup', 'TextVectorization', 'Hashing', 'IntegerLookup'])
  })
})
