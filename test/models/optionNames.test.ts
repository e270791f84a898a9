/**
 * With `recurra/node` a layer says what to write where an option is read as its field, so every option is a name that layers have there.
 * Code that asks by `in` whether a layer has something may not ask for one of these names.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import '../../src/index.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import { NamedLayer } from '../../src/layers/namedLayer.ts'

test('no name that layers are asked for is an option', () => {
  const asked = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.gen.ts'))
    .flatMap((path) => [...readFileSync(`src/${path}`, 'utf8').matchAll(/'(\w+)' in [\w.]*[lL]ayer\b/g)])
    .map(([, name = '']) => name)
  expect(asked.length).toBeGreaterThan(5)
  const options = new Set([...layerDefinitions.values()].flatMap(({ table }) => Object.keys(table)))
  expect(asked.filter((name) => options.has(name) && !(name in NamedLayer.prototype))).toEqual([])
})
