namespace PartnerPlatform.Identity.Keys;

/// <summary>When keys start and end, as a function of time alone.</summary>
/// <param name="CreateSigningFrom">A key is due: it is published at once and signs from then on; null = none is due.</param>
/// <param name="Expired">Ids of keys whose last token has expired.</param>
internal sealed record RotationPlan(DateTimeOffset? CreateSigningFrom, IReadOnlyList<string> Expired)
{
    /// <summary>Readers accept a token this long after its expiry (the default of .NET's JWT handlers), so the key stays as long.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <param name="keys">Id and first moment of signing of every key there is.</param>
    /// <param name="rotation">How long one key signs.</param>
    /// <param name="announce">How long a key is published before it signs.</param>
    /// <param name="tokenLifetime">Of the longest-living token.</param>
    public static RotationPlan At(
        DateTimeOffset now, IEnumerable<(string Id, DateTimeOffset SignsFrom)> keys, TimeSpan rotation, TimeSpan announce, TimeSpan tokenLifetime)
    {
        var inOrder = keys.OrderBy(key => key.SignsFrom).ToArray();
        if (inOrder.Length == 0)
        {
            // Nobody holds a token or a JWKS yet: nothing to announce.
            return new RotationPlan(now, []);
        }

        var next = inOrder[^1].SignsFrom + rotation;
        // After a long stop the time has passed already: even then the key is announced before it signs.
        DateTimeOffset? create = next - announce <= now ? Later(next, now + announce) : null;
        var expired = inOrder.Zip(inOrder.Skip(1))
            .Where(pair => pair.Second.SignsFrom + tokenLifetime + ClockSkew < now)
            .Select(pair => pair.First.Id)
            .ToArray();
        return new RotationPlan(create, expired);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
