/** What a start prints: where the exchange is, where the operator's password is, and a first session to paste. */
export function welcome(url: string, operator: { username: string; file?: string } | undefined): string {
  const lines = [`Brier is open: ${url}   API and docs: ${url}/docs   WebSocket: ${url.replace('http', 'ws')}/ws/v1`];
  if (operator?.file !== undefined) lines.push(`Operator "${operator.username}", password in ${operator.file}`);
  else if (operator !== undefined) lines.push(`Operator "${operator.username}"`);
  const file = operator?.file ?? 'operator.json';
  lines.push(
    'A first session:',
    `  B=${url}/api/v1; J='content-type: application/json'`,
    `  tok() { sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/'; }`,
    `  OP=$(curl -s $B/auth/login -H "$J" -d "@${file}" | tok)`,
    `  curl -s $B/markets -H "$J" -H "authorization: Bearer $OP" -d '{"id":"rain","title":"Rain tomorrow?","criteria":"Rain at noon","type":"lmsr","liquidity":"100","closeTime":'$(($(date +%s)+86400))'000}'`,
    `  ME=$(curl -s $B/auth/register -H "$J" -d '{"username":"ann","password":"correct horse"}' | tok)`,
    `  curl -s $B/orders -H "$J" -H "authorization: Bearer $ME" -d '{"market":"rain","side":"buy","outcome":"YES","type":"market","size":"10"}'`,
  );
  return lines.join('\n');
}
