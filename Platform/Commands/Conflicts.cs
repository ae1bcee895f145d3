using System.Net.Sockets;
using JasperFx;
using JasperFx.Events;
using Npgsql;

namespace PartnerPlatform.Platform.Commands;

public enum Conflict
{
    Version,
    Claim,
    Reference,
    Repeated,
    Other,
}

/// <summary>Reads from an exception of SaveChanges who was faster.</summary>
public static class Conflicts
{
    public static Conflict? Of(Exception e)
    {
        foreach (var inner in Chain(e))
        {
            switch (inner)
            {
                case PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: CommandTables.ClaimsKey }:
                    return Conflict.Claim;
                case PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation }:
                    return Conflict.Reference;
                case PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: CommandTables.IdempotencyKey }:
                    return Conflict.Repeated;
                case PostgresException
                {
                    SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                }:
                    return Conflict.Other;
                // Ids of new streams are random, so a "collision" is another stream's lost race: Marten lets the first operation of a batch
                // that knows the error's kind explain it, not the one that met it.
                case ConcurrencyException or EventStreamUnexpectedMaxEventIdException or Marten.Exceptions.ExistingStreamIdCollisionException
                    or JasperFx.Events.ExistingStreamIdCollisionException:
                    return Conflict.Version;
            }
        }

        return null;
    }

    /// <summary>The database did not answer; whether a commit counted is then unknown.</summary>
    public static bool IsUnavailable(Exception e) => Chain(e).Any(x =>
        x is SocketException or TimeoutException or EndOfStreamException
        || (x is PostgresException p && (p.SqlState.StartsWith("57P", StringComparison.Ordinal) || p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState == PostgresErrorCodes.TooManyConnections))
        || (x is NpgsqlException n && n is not PostgresException && n.IsTransient));

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (var current = e; current is not null; current = current.InnerException)
        {
            yield return current;
            if (current is AggregateException many)
            {
                foreach (var inner in many.InnerExceptions.SelectMany(Chain))
                {
                    yield return inner;
                }
            }
        }
    }
}
