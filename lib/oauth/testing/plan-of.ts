import type postgres from 'postgres'

/** The plan that is made once for a statement and kept: for whatever parameters. */
export async function planOf(sql: postgres.Sql, statement: string): Promise<string> {
  return sql.begin(async (tx) => {
    await tx.unsafe(`prepare statement as ${statement}`)
    await tx`set local plan_cache_mode = force_generic_plan`
    const count = Math.max(...[...statement.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)))
    const nulls = Array.from({ length: count }, () => 'null').join(', ')
    const rows = await tx.unsafe<{ 'QUERY PLAN': string }[]>(`explain (costs off) execute statement(${nulls})`)
    await tx`deallocate statement`
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
