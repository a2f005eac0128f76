/** Says which check of a client failed, for the log; the client is told no more than that it is not authenticated. */
export class ClientRefused extends Error {
  override name = 'ClientRefused'
  /** Whom the request names, where it could be read before anything was looked up. */
  readonly clientId: string | null

  constructor(detail: string, clientId: string | null = null) {
    super(detail)
    this.clientId = clientId
  }
}
