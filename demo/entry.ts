// One problem on the page: its texts, charts and tables, and the training that fills them.

import { clearSession, type LayersModel, setSeed } from 'recurra'
import { HEIGHT } from './charts/chart.ts'
import { makeLossChart } from './charts/lossChart.ts'
import { makePredictionChart } from './charts/predictionChart.ts'
import { byId, perFrame } from './dom.ts'
import { formatCount, formatDuration, formatLoss, formatRate } from './format.ts'
import { isReached, type Problem, type Task } from './problem.ts'
import { showResults } from './results.ts'
import { type RunState, TrainingRun } from './trainingRun.ts'
import { makeTrialView, type TrialView } from './trials/trialView.ts'

/** Pixels of the chart beside what the reader may try. */
const TALL = 400
/** Characters a line of the summary, few enough for half a page. */
const SUMMARY_WIDTH = 56

export class Entry {
  readonly #problem: Problem
  readonly #task: Task
  readonly #lossChart: ReturnType<typeof makeLossChart>
  /** One of them stands beside the loss. */
  readonly #predictionChart: ReturnType<typeof makePredictionChart> | null
  readonly #trial: TrialView | null
  #run: TrainingRun
  #isClosed = false
  /** Whether the programs are shown. */
  #hasPrograms = false
  /** The training under way; it ends without an error. */
  #training: Promise<void> = Promise.resolve()
  readonly #onState: (state: RunState | 'failed') => void
  readonly #showEpoch = perFrame(() => this.#drawEpoch())
  readonly #showPredictions = perFrame(() => this.#drawPredictions())

  constructor(problem: Problem, task: Task, onState: (state: RunState | 'failed') => void) {
    this.#problem = problem
    this.#task = task
    this.#onState = onState
    write('about', problem.about)
    write('shapes', problem.shapes)
    write('epochs', ` / ${formatCount(problem.epochs)}`)
    this.#lossChart = makeLossChart(
      byId('loss-chart', HTMLElement),
      problem.epochs,
      problem.trial ? TALL : HEIGHT,
    )
    const place = byId('prediction-chart', HTMLElement)
    this.#predictionChart = problem.trial ? null : makePredictionChart(place, task)
    this.#trial = problem.trial ? makeTrialView(place, problem.trial) : null
    this.#run = this.#prepare()
  }

  /** Begins to train a new model; one that is being trained is given up. */
  async train(): Promise<void> {
    await this.halt()
    if (this.#run.state !== 'ready') await this.reset()
    this.#training = this.#run.start().catch((error: unknown) => {
      write('status', `Training failed. ${error instanceof Error ? error.message : String(error)}`)
      this.#onState('failed')
    })
  }

  togglePause(): void {
    if (this.#run.state === 'paused') this.#run.resume()
    else this.#run.pause()
  }

  /** Ends training; resolves when it has ended. */
  async halt(): Promise<void> {
    this.#run.stop()
    await this.#training
  }

  /** Back to a model that has learned nothing. */
  async reset(): Promise<void> {
    await this.#trial?.detach()
    this.#run.model.dispose()
    this.#run = this.#prepare()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.halt()
    await this.#trial?.detach()
    this.#run.model.dispose()
    this.#lossChart.destroy()
    this.#predictionChart?.destroy()
  }

  /** The programs are written from the model, by code that is loaded for it. */
  async #showPrograms(model: LayersModel): Promise<void> {
    if (this.#hasPrograms) return
    const { programsOf } = await import('./problems/listing.ts')
    const isGivenUp = (): boolean => this.#isClosed || this.#run.model !== model
    const programs = await programsOf(this.#problem, model).catch((error: unknown) => {
      // A model that was disposed meanwhile cannot tell its layers. The one after it does.
      if (isGivenUp()) return null
      throw error
    })
    if (programs === null || isGivenUp()) return
    write('keras', programs.keras)
    write('typescript', programs.typescript)
    this.#hasPrograms = true
  }

  #prepare(): TrainingRun {
    // Every training starts from the same weights, and the layers' names count from the start.
    clearSession()
    setSeed(this.#problem.seed)
    const model = this.#problem.createModel()
    model.summary({ lineLength: SUMMARY_WIDTH, printFn: (text) => write('summary', text) })
    const run = new TrainingRun(this.#problem, this.#task, model, {
      onState: (state) => this.#showState(state),
      onEpoch: this.#showEpoch,
      onPredictions: async () => {
        this.#showPredictions()
        await this.#trial?.watch(this.#run.losses.length)
      },
    })
    this.#run = run
    void this.#showPrograms(model)
    this.#trial?.attach(model)
    this.#drawPredictions()
    this.#showState('ready')
    return run
  }

  #showState(state: RunState): void {
    const { losses, meter } = this.#run
    const epochs = `${formatCount(losses.length)} epochs`
    const texts: Record<RunState, string> = {
      ready: `${formatCount(this.#problem.epochs)} epochs to go.`,
      preparing: 'Compiling the model …',
      training: 'Training …',
      paused: 'Paused.',
      done: `Trained for ${epochs} in ${formatDuration(meter.elapsed)}.`,
      stopped: `Stopped after ${epochs}.`,
    }
    // A state is shown with the numbers it was reached at, not a frame before them.
    this.#drawEpoch()
    this.#showQuality()
    write('status', texts[state])
    this.#onState(state)
  }

  #drawEpoch(): void {
    const { losses, meter } = this.#run
    const loss = losses.at(-1)
    write('epoch', formatCount(losses.length))
    write('loss', loss === undefined ? '–' : formatLoss(loss))
    write('epoch-rate', meter.epochsPerSecond > 0 ? formatRate(meter.epochsPerSecond) : '–')
    write('step-rate', meter.stepsPerSecond > 0 ? formatRate(meter.stepsPerSecond) : '–')
    this.#lossChart.update(losses)
  }

  #drawPredictions(): void {
    const { predictions } = this.#run
    const places = { score: byId('score', HTMLElement), list: byId('predictions', HTMLElement) }
    showResults(places, this.#task, predictions)
    this.#predictionChart?.update(predictions ?? [])
    this.#showQuality()
  }

  #showQuality(): void {
    const { measure, better, bound } = this.#problem.quality
    const { predictions, state } = this.#run
    const aim = `${measure}: to end ${better} ${bound}.`
    const place = byId('quality', HTMLElement)
    if (state !== 'done' || !predictions) {
      place.dataset.reached = ''
      place.textContent = aim
      return
    }
    const { quality } = this.#task.score(predictions)
    const reached = isReached(this.#problem.quality, quality)
    place.dataset.reached = String(reached)
    place.textContent = `${aim} It ended at ${quality.toPrecision(3)}: ${reached ? 'reached' : 'missed'}.`
  }
}

function write(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text
}
