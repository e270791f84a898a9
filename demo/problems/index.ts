// Every problem of the demo, in the order of the page.

import type { Problem } from '../problem.ts'
import { addition } from './addition.ts'
import { airline } from './airline.ts'
import { anomalies } from './anomalies.ts'
import { bidirectional } from './bidirectional.ts'
import { cnnLstm } from './cnnLstm.ts'
import { co2 } from './co2.ts'
import { convLstm } from './convLstm.ts'
import { dates } from './dates.ts'
import { digits } from './digits.ts'
import { echo } from './echo.ts'
import { fourLayers } from './fourLayers.ts'
import { frames } from './frames.ts'
import { functionalBidirectional } from './functionalBidirectional.ts'
import { functionalManyToMany } from './functionalManyToMany.ts'
import { functionalManyToOne } from './functionalManyToOne.ts'
import { gru } from './gru.ts'
import { manyToOne } from './manyToOne.ts'
import { mergeModes } from './mergeModes.ts'
import { oneFeature } from './oneFeature.ts'
import { oneToMany } from './oneToMany.ts'
import { ownCell } from './ownCell.ts'
import { sentiment } from './sentiment.ts'
import { sigmoidDecoder } from './sigmoidDecoder.ts'
import { stacked } from './stacked.ts'
import { stateful } from './stateful.ts'
import { stepsDecoder } from './stepsDecoder.ts'
import { stepsVector } from './stepsVector.ts'
import { sunspots } from './sunspots.ts'
import { sunspotsYear } from './sunspotsYear.ts'
import { threeDecoder } from './threeDecoder.ts'
import { threeNext } from './threeNext.ts'
import { threeVector } from './threeVector.ts'
import { timeDistributed } from './timeDistributed.ts'
import { twoSteps } from './twoSteps.ts'
import { twoToOne } from './twoToOne.ts'
import { vanilla } from './vanilla.ts'
import { vectorOutput } from './vectorOutput.ts'
import { writing } from './writing.ts'

export const problems: readonly [Problem, ...Problem[]] = [
  echo,
  oneFeature,
  vectorOutput,
  timeDistributed,
  vanilla,
  gru,
  ownCell,
  stacked,
  bidirectional,
  fourLayers,
  cnnLstm,
  convLstm,
  manyToOne,
  twoToOne,
  threeNext,
  stepsVector,
  stepsDecoder,
  twoSteps,
  threeDecoder,
  threeVector,
  functionalManyToOne,
  functionalManyToMany,
  functionalBidirectional,
  digits,
  frames,
  oneToMany,
  sigmoidDecoder,
  stateful,
  anomalies,
  sentiment,
  addition,
  dates,
  writing,
  sunspots,
  sunspotsYear,
  co2,
  ...mergeModes,
  airline,
]
