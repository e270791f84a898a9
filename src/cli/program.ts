// The commands of `npx recurra`, their arguments and their options.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { RecurraError } from '../errors.ts'
import type { Terminal } from './commands.ts'
import * as commands from './commands.ts'

/** Exit codes: what was asked for is done; it failed, and a sentence says why; the command itself was not understood. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const

const number =
  (isValid: (value: number) => boolean, expected: string) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && isValid(value)) return value
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
const count = number((value) => Number.isInteger(value) && value > 0, 'a positive integer')
const integer = number(Number.isSafeInteger, 'an integer')
const share = number((value) => value >= 0 && value < 1, 'a number from 0 up to 1')
const positive = number((value) => value > 0 && Number.isFinite(value), 'a positive number')
/** `50x3,7`: extents between x, shapes between commas. */
function shapes(text: string): readonly (readonly number[])[] {
  if (!/^[1-9]\d*([x,][1-9]\d*)*$/.test(text))
    throw new InvalidArgumentError('Expected extents, as in 50x3 or 50x3,7.')
  return text.split(',').map((shape) => shape.split('x').map(Number))
}
const SHAPES = 'shapes of one sample of inputs that leave extents open: 50x3, or 50x3,7'
const list = (text: string): readonly string[] => text.split(',').map((name) => name.trim())

const MODEL = 'a model: .keras, .h5, model.json of TensorFlow.js, or Keras code as .py'
const DATA = 'data: .csv or .tsv, .npy, or .npz or .safetensors with arrays x and y'

/** Adds the options of commands that run a model. */
const runs = (command: Command): Command =>
  command
    .addOption(
      new Option('--backend <name>', 'where to run').choices(['auto', 'cpu', 'webgpu']).default('auto'),
    )
    .option('--batch-size <count>', 'samples a step', count)
    .option('--json', 'print JSON')

/** Adds the options that say what of a table is read. */
const reads = (command: Command): Command =>
  command
    .option('--columns <list>', 'the columns of a table to read, by name or number from 1', list)
    .option('--targets <list>', 'the columns that are targets; the last ones by default', list)
    .option('--window <steps>', 'rows are time steps: samples are windows of so many', count)
    .option('--header', 'the first row of a table has the names of its columns; found out by default')
    .option('--no-header', 'it is a row like all others')

function program(terminal: Terminal, version: string): Command {
  const root = new Command('recurra')
    .description('Sequence models from files and Keras code: shown, converted, run, trained.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('(recurra --help lists the commands)')
  root
    .command('convert')
    .description(
      'write a model in another format: .keras, .json (TensorFlow.js), .onnx, .html, .js, .safetensors, .weights.h5',
    )
    .argument('<in>', MODEL)
    .argument('<out>', 'where to write it; the ending says the format')
    .action((from: string, to: string) => commands.convert(from, to, terminal))
  root
    .command('eject')
    .description('write a model as one file that runs its predictions: an .html page, or a .js module')
    .argument('<file>', MODEL)
    .argument('<out>', 'where to write it; the ending says which')
    .option('--name <text>', 'what the page calls the model')
    .option('--shapes <list>', SHAPES, shapes)
    .option('--batch-size <count>', 'samples that are computed at once', count)
    .addOption(
      new Option('--weights <dtype>', 'float16 halves them')
        .choices(['float32', 'float16'])
        .default('float32'),
    )
    .option('--no-web-assembly', 'leave out WebAssembly, for a smaller file that is slower without a GPU')
    .action((path: string, out: string, options: commands.EjectOptions) =>
      commands.eject(path, out, options, terminal),
    )
  root
    .command('summary')
    .description('print the layers of a model, their shapes and parameters')
    .argument('<file>', MODEL)
    .option('--line-length <count>', 'characters a line', count)
    .option('--expand-nested', 'show the layers of models inside')
    .option('--show-trainable', 'show which layers are trained')
    .addOption(new Option('--json', 'print JSON').conflicts(['lineLength', 'expandNested', 'showTrainable']))
    .action((path: string, options: commands.SummaryOptions) => commands.summary(path, options, terminal))
  root
    .command('plot')
    .description('draw a model as .svg, or write it as .dot (Graphviz) or .mmd (Mermaid)')
    .argument('<file>', MODEL)
    .argument('<out>', 'where to write it; the ending says the format')
    .option('--show-shapes', 'show the shapes of inputs and outputs')
    .option('--show-dtype', 'show the dtype of outputs')
    .option('--show-layer-names', 'show the names of layers')
    .option('--show-layer-activations', 'show activations')
    .option('--show-trainable', 'show which layers are trained')
    .option('--expand-nested', 'show the layers of models inside')
    .addOption(
      new Option('--rankdir <direction>', 'where data go').choices(['TB', 'BT', 'LR', 'RL']).default('TB'),
    )
    .action((path: string, out: string, options: commands.PlotOptions) =>
      commands.plot(path, out, options, terminal),
    )
  reads(runs(root.command('predict')))
    .description('print predictions, a line a sample')
    .argument('<file>', MODEL)
    .argument('<data>', DATA)
    .option('--out <file>', 'write them as .csv, .npy, .safetensors or .json')
    .action((path: string, data: string, options: commands.PredictOptions) =>
      commands.predict(path, data, options, terminal),
    )
  reads(runs(root.command('train')))
    .description('train a model, and write it')
    .argument('<file>', MODEL)
    .argument('<data>', DATA)
    .option('--horizon <steps>', 'how far behind the window the target lies (1: the next row)', count)
    .option('--epochs <count>', 'times through the data', count, 1)
    .option('--validation-split <share>', 'share of the last samples kept for validation', share, 0)
    .option('--no-shuffle', 'leave samples in their order')
    .option('--loss <name>', "Keras's name of a loss, where the model is not compiled")
    .option('--optimizer <name>', "Keras's name of an optimizer")
    .option('--learning-rate <number>', 'the learning rate', positive)
    .option('--metrics <list>', "Keras's names of metrics", list)
    .option('--seed <integer>', 'the seed of everything random', integer)
    .option('--out <file>', 'where to write the trained model; by default over the .keras that it was')
    .addOption(
      new Option('--verbose <level>', '0 silent, 1 a progress bar, 2 a line an epoch')
        .choices(['0', '1', '2'])
        .default('1')
        .conflicts('json'),
    )
    .action((path: string, data: string, { verbose, ...options }) =>
      commands.train(path, data, { ...options, verbose: Number(verbose) }, terminal),
    )
  runs(root.command('plan'))
    .description('print what a step costs: launches, memory, kernels in order')
    .argument('<file>', MODEL)
    .option('--training', 'of a training step; by default where the model is compiled')
    .option('--no-training', 'of a prediction')
    .action((path: string, options: commands.PlanOptions) => commands.plan(path, options, terminal))
  runs(root.command('profile'))
    .description('print where the time of a step goes')
    .argument('<file>', MODEL)
    .option('--training', 'of a training step; by default where the model is compiled')
    .option('--no-training', 'of a prediction')
    .option('--shapes <list>', SHAPES, shapes)
    .option('--repeats <count>', 'how often the step runs', count, 10)
    .action((path: string, options: commands.ProfileOptions) => commands.profile(path, options, terminal))
  for (const command of root.commands)
    command.showHelpAfterError(`(recurra help ${command.name()} lists its options)`)
  return root
}

/**
 * Runs a command.
 *
 * @param words The words behind `recurra`.
 * @returns The exit code.
 */
export async function runCommand(
  words: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  try {
    const root = program(terminal, version)
    const [first, second = 'help'] = words
    // Help for a command that is not there prints the help for all, and does not say why.
    const isUnknown =
      first === 'help' && !['help', ...root.commands.map((command) => command.name())].includes(second)
    await root.parseAsync(isUnknown ? words.slice(1) : words, { from: 'user' })
    return EXIT.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    // What the user can mend is told in a sentence; a fault of the program with where it lies.
    const isTold = error instanceof RecurraError
    terminal.note(isTold ? error.message : String((error instanceof Error && error.stack) || error))
    return EXIT.failed
  }
}
