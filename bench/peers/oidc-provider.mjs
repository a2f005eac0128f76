// oidc-provider as its documentation configures it, for client credentials, introspection and rotating refresh tokens: with
// its in-memory adapter, which forgets after a thousand things; with a plain Map that forgets nothing (ADAPTER=map); or
// (ADAPTER=postgres) with the plainest PostgreSQL adapter that keeps the interface's promises:
// one row per model, one statement per call. Told `{refreshTokens: n}`, it answers with that many, of a grant each.
import Provider from 'oidc-provider'
import postgres from 'postgres'

const SCOPE = process.env.SCOPE ?? 'api'

const configuration = {
  clients: [
    {
      client_id: process.env.CLIENT_ID,
      client_secret: process.env.CLIENT_SECRET,
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      redirect_uris: ['https://client.example/callback'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
  },
  ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 180 * 86_400, RefreshToken: 180 * 86_400 },
  scopes: ['app', SCOPE, 'offline_access'], // without the last there is no refresh grant
  rotateRefreshToken: true,
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
}

if (process.env.ADAPTER === 'postgres') {
  const sql = postgres(process.env.DATABASE_URL, { max: 10, onnotice: () => undefined })
  await sql`create table if not exists peer_models (
    id text primary key, name text not null, payload jsonb not null, expires_at timestamptz, consumed_at timestamptz, grant_id text, uid text, user_code text)`
  configuration.adapter = class PostgresAdapter {
    constructor(name) {
      this.name = name
    }
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null
      await sql`insert into peer_models (id, name, payload, expires_at, grant_id, uid, user_code)
        values (${`${this.name}:${id}`}, ${this.name}, ${sql.json(payload)}, ${expiresAt}, ${payload.grantId ?? null}, ${payload.uid ?? null}, ${payload.userCode ?? null})
        on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at`
    }
    async find(id) {
      const [row] =
        await sql`select payload, consumed_at from peer_models where id = ${`${this.name}:${id}`} and (expires_at is null or expires_at > now())`
      return row && { ...row.payload, ...(row.consumed_at ? { consumed: true } : {}) }
    }
    async findByUid(uid) {
      const [row] = await sql`select payload from peer_models where name = ${this.name} and uid = ${uid}`
      return row?.payload
    }
    async findByUserCode(code) {
      const [row] = await sql`select payload from peer_models where name = ${this.name} and user_code = ${code}`
      return row?.payload
    }
    async destroy(id) {
      await sql`delete from peer_models where id = ${`${this.name}:${id}`}`
    }
    async consume(id) {
      await sql`update peer_models set consumed_at = now() where id = ${`${this.name}:${id}`}`
    }
    async revokeByGrantId(grantId) {
      await sql`delete from peer_models where grant_id = ${grantId}`
    }
  }
}

if (process.env.ADAPTER === 'map') {
  const kept = new Map()
  configuration.adapter = class MapAdapter {
    constructor(name) {
      this.name = name
    }
    async upsert(id, payload) {
      kept.set(`${this.name}:${id}`, payload)
    }
    async find(id) {
      return kept.get(`${this.name}:${id}`)
    }
    async findByUid() {}
    async findByUserCode() {}
    async destroy(id) {
      kept.delete(`${this.name}:${id}`)
    }
    async consume(id) {
      const payload = kept.get(`${this.name}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
    }
    async revokeByGrantId(grantId) {
      for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key)
    }
  }
}

const port = Number(process.env.PORT)
const provider = new Provider(`http://127.0.0.1:${port}`, configuration)
const server = provider.listen(port, '127.0.0.1', () => process.send?.('ready'))
server.keepAliveTimeout = 65_000

/** As the code flow would leave it behind. */
async function aRefreshToken(client, accountId) {
  const grant = new provider.Grant({ accountId, clientId: client.clientId })
  grant.addOIDCScope(SCOPE)
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: SCOPE,
    expiresWithSession: false,
    rotations: 0,
    iiat: Math.floor(Date.now() / 1000),
  })
  return token.save()
}

process.on('message', async ({ refreshTokens }) => {
  const client = await provider.Client.find(process.env.CLIENT_ID)
  const tokens = []
  for (let n = 0; n < refreshTokens; n++) tokens.push(await aRefreshToken(client, `account-${n}`))
  process.send?.(tokens)
})
