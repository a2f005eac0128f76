import type { ClientActor, Context } from '@/lib/context/context'
import type { ApplicationCaller } from '../clients/authenticate-caller'
import type { Parameters } from '../parameters'
import type { Sender } from './sender'

/** A request to the token endpoint whose client and sender are known. */
export type TokenRequest = {
  ctx: Context<ClientActor>
  caller: ApplicationCaller
  sender: Sender
  parameters: Parameters
}
