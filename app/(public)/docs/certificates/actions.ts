'use server'

import { checkPublicChain } from '@/lib/certificates/check-public-chain'
import { ChainForm } from '@/lib/certificates/schema'
import { publicFormAction } from '@/lib/http/form-action'

export const checkChainAction = publicFormAction(ChainForm, checkPublicChain)
