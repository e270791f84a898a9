// All networks by the names of their functions.

import type { Architecture } from './application.ts'
import { convnextBase, convnextLarge, convnextSmall, convnextTiny, convnextXLarge } from './convnext.ts'
import { densenet121, densenet169, densenet201 } from './densenet.ts'
import { efficientnets } from './efficientnet.ts'
import { efficientnetsV2 } from './efficientnetV2.ts'
import { inceptionResnetV2 } from './inceptionResnetV2.ts'
import { inceptionV3 } from './inceptionV3.ts'
import { mobilenet } from './mobilenet.ts'
import { mobilenetV2 } from './mobilenetV2.ts'
import { mobilenetV3Large, mobilenetV3Small } from './mobilenetV3.ts'
import { nasnetLarge, nasnetMobile } from './nasnet.ts'
import { resnet50, resnet50V2, resnet101, resnet101V2, resnet152, resnet152V2 } from './resnet.ts'
import { vgg16, vgg19 } from './vgg.ts'
import { xception } from './xception.ts'

const all = [
  convnextBase,
  convnextLarge,
  convnextSmall,
  convnextTiny,
  convnextXLarge,
  densenet121,
  densenet169,
  densenet201,
  ...efficientnets,
  ...Object.values(efficientnetsV2),
  inceptionResnetV2,
  inceptionV3,
  mobilenet,
  mobilenetV2,
  mobilenetV3Large,
  mobilenetV3Small,
  nasnetLarge,
  nasnetMobile,
  resnet50,
  resnet50V2,
  resnet101,
  resnet101V2,
  resnet152,
  resnet152V2,
  vgg16,
  vgg19,
  xception,
]

/** @internal */
export const architectures: ReadonlyMap<string, Architecture> = new Map(
  all.map((each) => [each.functionName, each as unknown as Architecture]),
)
