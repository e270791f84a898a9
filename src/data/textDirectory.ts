// Files of texts in a directory, with the names of its folders as classes.

import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { flag, nullable, oneOf, option, orNull, readOptions, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { Tensor } from '../util/tensor.ts'
import { type Dataset, setOf } from './dataset.ts'
import { seedOption } from './split.ts'

export interface TextDirectoryOptions {
  /** `'inferred'`, the default: the folder of a file; a list of integers, one a file in the order of their paths; or `null`, none. */
  readonly labels?: 'inferred' | readonly number[] | null
  /** `'int'`, the default: `[batch]`; `'binary'`: `[batch, 1]`; `'categorical'`: `[batch, classes]`; `null`: none. */
  readonly labelMode?: 'int' | 'binary' | 'categorical' | null
  /** Folders in the order of their classes; `null`, the default: all, in the order of their names. */
  readonly classNames?: readonly string[] | null
  /** Texts a batch, `32` by default; `null`: texts one by one. */
  readonly batchSize?: number | null
  /** Characters after which texts are cut; `null`, the default: none. */
  readonly maxLength?: number | null
  /** Whether texts come in a random order, `true` by default. */
  readonly shuffle?: boolean
  /** Of the order; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
  /** Share of the files kept for validation, beside `subset`; `null` by default. */
  readonly validationSplit?: number | null
  /** Which files: `'training'`, `'validation'`, or `'both'`, a list of two data sets; `null`, the default: all. */
  readonly subset?: 'training' | 'validation' | 'both' | null
  /** Whether folders are entered that links lead to, `false` by default. */
  readonly followLinks?: boolean
  /** Whether the number of files is printed, `true` by default. */
  readonly verbose?: boolean
}

const directoryOptions = {
  labels: option<'inferred' | readonly number[] | null>('inferred', (where, name, value) => {
    const isLabel = (label: unknown): boolean => Number.isSafeInteger(label) && Number(label) >= 0
    if (value === 'inferred' || value === null || (Array.isArray(value) && value.every(isLabel))) return value
    return fail(where, {
      expected: `${name} to be 'inferred', null or a list of integers`,
      got: describeValue(value),
    })
  }),
  labelMode: option<(TextDirectoryOptions['labelMode'] & {}) | null>(
    'int',
    orNull(oneOf(['int', 'binary', 'categorical'])),
  ),
  classNames: nullable<readonly string[]>((where, name, value) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? value
      : fail(where, { expected: `${name} to be a list of names`, got: describeValue(value) }),
  ),
  batchSize: option<number | null>(32, orNull(checkPositiveInteger)),
  maxLength: nullable(checkPositiveInteger),
  shuffle: flag(true),
  seed: seedOption,
  validationSplit: nullable((where, name, value) =>
    typeof value === 'number' && value > 0 && value < 1
      ? value
      : fail(where, { expected: `${name} between 0 and 1`, got: describeValue(value) }),
  ),
  subset: nullable(oneOf(['training', 'validation', 'both'])),
  followLinks: flag(false),
  verbose: flag(true),
} as const satisfies TableFor<TextDirectoryOptions>

/** Texts, with labels where there are any: `[texts, labels]`. */
export interface TextDataset extends Dataset<unknown> {
  /** The class of each label; null without labels. */
  readonly classNames: readonly string[] | null
}

/** A file, and the number of its class. */
interface LabelledFile {
  readonly path: string
  readonly label: number | null
}

/**
 * The texts in a directory, in batches: `texts`, or `[texts, labels]`. Files are read as they are asked for. In Node, from `recurra/node`.
 *
 * @param directory With a folder of `.txt` files for each class; folders inside these belong to the class.
 * @throws {RecurraError} if there are no files, or options that do not fit each other.
 * @see keras/src/utils/text_dataset_utils.py
 */
export async function textDatasetFromDirectory(
  directory: string,
  options: TextDirectoryOptions & { readonly subset: 'both' },
): Promise<[training: TextDataset, validation: TextDataset]>
export async function textDatasetFromDirectory(
  directory: string,
  options?: TextDirectoryOptions | null,
): Promise<TextDataset>
export async function textDatasetFromDirectory(
  directory: string,
  options?: TextDirectoryOptions | null,
): Promise<TextDataset | [TextDataset, TextDataset]> {
  const where = 'textDatasetFromDirectory'
  const read = readOptions(where, directoryOptions, options)
  const { validationSplit, subset, shuffle, verbose } = read
  const labelMode = read.labels === null ? null : read.labelMode
  const labels = labelMode === null ? null : read.labels
  if ((validationSplit === null) !== (subset === null))
    fail(where, { expected: 'validationSplit and subset together', got: 'one of them' })
  if (validationSplit !== null && shuffle && read.seed === null)
    fail(where, {
      expected: 'a seed beside validationSplit and shuffle',
      got: 'none',
      remedy: 'Without it, a text could be both trained and validated on.',
    })
  if (read.classNames && labels !== 'inferred')
    fail(where, { expected: "classNames with labels: 'inferred' alone", got: describeValue(labels) })
  const { files, classNames } = await findFiles(directory, labels, read, where)
  if (labelMode === 'binary' && classNames?.length !== 2)
    fail(where, { expected: "2 classes for labelMode: 'binary'", got: `${classNames?.length}` })
  const say = (text: string): void => {
    if (verbose) console.log(text)
  }
  say(`Found ${files.length} files${classNames ? ` belonging to ${classNames.length} classes` : ''}.`)
  const seed = shuffle ? (read.seed ?? nextSeed()) : null
  const all =
    seed === null
      ? files
      : [...new Generator(seed).permutation(files.length)].map((i) => files[i] as LabelledFile)
  const trained = all.length - Math.floor((validationSplit ?? 0) * all.length)
  const make = (part: readonly LabelledFile[], drawn: number | null): TextDataset => {
    if (part.length === 0)
      fail(where, { expected: `.txt files in ${directory}, enough for each part`, got: `${all.length}` })
    const label = labelOf(labelMode, classNames?.length ?? 0)
    const source = setOf(part)
    const ordered = drawn === null ? source : source.shuffle(part.length, { seed: drawn })
    const texts = ordered.map(async ({ path, label: number }) => {
      const text = (await readFile(path, 'utf8')).slice(0, read.maxLength ?? undefined)
      return number === null ? text : ([text, label(number)] as const)
    })
    const batches: Dataset<unknown> = read.batchSize === null ? texts : texts.batch(read.batchSize)
    return Object.assign(batches.prefetch(1), { classNames })
  }
  const training = (): TextDataset => make(all.slice(0, trained), seed)
  const validation = (from: number | null): TextDataset => make(all.slice(trained), from)
  if (subset === 'training' || subset === 'both') say(`Using ${trained} files for training.`)
  if (subset === 'validation' || subset === 'both') say(`Using ${all.length - trained} files for validation.`)
  if (subset === 'both') return [training(), validation(null)]
  return subset === 'validation' ? validation(seed) : training()
}

const labelOf =
  (mode: TextDirectoryOptions['labelMode'], classes: number) =>
  (label: number): number | Tensor => {
    if (mode === 'int') return label
    if (mode === 'binary') return new Tensor(Float32Array.of(label), [1])
    return new Tensor(
      Float32Array.from({ length: classes }, (_, i) => Number(i === label)),
      [classes],
    )
  }

/** The files with their classes, in the order of their paths. */
async function findFiles(
  directory: string,
  labels: TextDirectoryOptions['labels'],
  {
    classNames,
    followLinks,
  }: { readonly classNames: readonly string[] | null; readonly followLinks: boolean },
  where: string,
): Promise<{ readonly files: LabelledFile[]; readonly classNames: readonly string[] | null }> {
  if (typeof directory !== 'string' || !(await stat(directory).catch(() => null))?.isDirectory())
    fail(where, { expected: 'a directory', got: describeValue(directory) })
  if (labels !== 'inferred') {
    const paths = await textsIn(directory, followLinks)
    if (labels && labels.length !== paths.length)
      fail(where, { expected: `${paths.length} labels, one a file`, got: `${labels.length}` })
    const names = labels ? [...new Set(labels)].sort((a, b) => a - b).map(String) : null
    return { files: paths.map((path, i) => ({ path, label: labels?.[i] ?? null })), classNames: names }
  }
  const entries = await readdir(directory, { withFileTypes: true })
  const folders: string[] = []
  for (const { name } of entries) {
    if (!name.startsWith('.') && (await stat(join(directory, name))).isDirectory()) folders.push(name)
  }
  folders.sort()
  const unknown = classNames?.find((name) => !folders.includes(name))
  if (unknown !== undefined)
    fail(where, { expected: `classNames among ${folders.join(', ')}`, got: describeValue(unknown) })
  const names = classNames ?? folders
  const lists = await Promise.all(names.map((name) => textsIn(join(directory, name), followLinks)))
  return {
    files: lists.flatMap((paths, label) => paths.map((path) => ({ path, label }))),
    classNames: names,
  }
}

/** Paths of the texts in a directory, and in those inside it. */
async function textsIn(directory: string, followLinks: boolean): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const files: string[] = []
  const folders: string[] = []
  for (const entry of entries) {
    const path = join(directory, entry.name)
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(path)).isDirectory())
    if (isFolder && (followLinks || !entry.isSymbolicLink())) folders.push(path)
    else if (!isFolder && basename(path).toLowerCase().endsWith('.txt')) files.push(path)
  }
  const inside = await Promise.all(folders.sort().map((folder) => textsIn(folder, followLinks)))
  return [...files.sort(), ...inside.flat()]
}
