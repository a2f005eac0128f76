// Tokens/s of POST /oa2/v1/cc/token with ten million tokens in the tables, as a ratio to those of a second product with hardly any,
// in interleaved rounds: what the machine does meanwhile befalls both. BENCH_FILL says how many.
import postgres from 'postgres'
import { measure, median, ROUNDS, SECONDS, save, startProduct, withServers } from './tokens.mjs'

const TOKENS = Number(process.env.BENCH_FILL ?? 10_000_000)
const CONNECTIONS = 128
const TARGET = 0.9

/** Ten million more tokens, with their families, spread over the last hour, as if issued for the same application. */
async function fill(databaseUrl, tokens) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  await sql.unsafe(`
    insert into token_families (id, application_id, environment, secret_id, refresh_key, refresh_hash, access_hash, expires_at, created_at)
    select uuidv7((i::float8 / ${tokens} * 50 - 50) * interval '1 minute'), f.application_id, f.environment, f.secret_id, ('x' || left(encode(sha256(('r' || i)::bytea), 'hex'), 16))::bit(64)::bigint, sha256(('r' || i)::bytea), sha256(('a' || i)::bytea), now() + interval '180 days', now() + (i::float8 / ${tokens} * 50 - 50) * interval '1 minute'
    from generate_series(1, ${tokens}) i, (select * from token_families limit 1) f`)
  await sql.unsafe(`
    insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at)
    select ((extract(epoch from created_at)::bigint / 600 & 65535) << 48) | ('x' || left(encode(access_hash, 'hex'), 12))::bit(48)::bigint, access_hash, id, created_at, created_at + interval '1 hour' from token_families`)
  await sql`vacuum (analyze) token_families`
  await sql`vacuum (analyze) access_tokens`
  await sql`checkpoint`
  const [{ count }] = await sql`select count(*)::int as count from access_tokens`
  await sql.end()
  return count
}

async function compare() {
  const [empty, full] = [await startProduct('empty'), await startProduct('full')]
  for (const product of [empty, full]) await measure(product, CONNECTIONS, 2) // warm, and a family to fill with the likes of
  process.stdout.write(`filling the tables with ${TOKENS.toLocaleString('en')} tokens …\n`)
  const tokens = await fill(full.databaseUrl, TOKENS)
  for (const product of [empty, full]) await measure(product, CONNECTIONS, 3 * SECONDS) // past the page images of the checkpoint
  const rates = { empty: [], full: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const product of round % 2 ? [full, empty] : [empty, full]) {
      rates[product.name].push((await measure(product, CONNECTIONS, SECONDS)).rate)
    }
  }
  const [few, many] = [Math.round(median(rates.empty)), Math.round(median(rates.full))]
  const ratio = Number((many / few).toFixed(2))
  process.stdout.write(
    `with ${tokens.toLocaleString('en')} tokens in the tables ${many} tokens/s, ${ratio} of ${few} (to reach: ${TARGET}, ${ratio >= TARGET ? 'reached' : 'MISSED'})\n`,
  )
  save({ tokens, few, many, ratio, target: TARGET }, 'full')
}

export const measureFullTables = () => withServers(compare)
