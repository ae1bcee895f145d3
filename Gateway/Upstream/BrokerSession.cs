using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Upstream.Sasl;

namespace PartnerPlatform.Gateway.Upstream;

/// <summary>
/// The gateway's login on one connection to a broker: a handshake names the mechanism, authenticate requests carry its messages. Brokers may let it live for a
/// limited time (KIP-368); who sends the next request then renews it before. Between the first and the last message of a renewal brokers take nothing
/// else, and they answer in order: what was under way before stays under way.
/// </summary>
public sealed class BrokerSession
{
    /// <summary>
    /// Part of the lifetime after which it is renewed: 70 to 80 %. Kafka's clients wait for 85 to 95 %; but brokers look at the end of a login when they read a
    /// request, and a client of ours may have sent one behind another that they hold back.
    /// </summary>
    private const double RenewFrom = 0.70;

    private const double RenewSpread = 0.10;
    private const int MostSteps = 16;

    private readonly SaslMechanism _mechanism;
    private readonly string _host;
    private readonly short _version;
    private readonly TimeProvider _time;
    private long _renewAt = long.MaxValue;
    private long _endsAt;

    /// <param name="host">Of the broker, as it was connected to.</param>
    internal BrokerSession(SaslMechanism mechanism, string host, Clusters.BrokerVersions broker, TimeProvider time)
    {
        (_mechanism, _host, _time) = (mechanism, host, time);
        var ours = Definitions.Apis[ApiKey.SaslAuthenticate].Request.Versions;
        var shared = broker.Apis.TryGetValue((short)ApiKey.SaslAuthenticate, out var offered) ? offered.Intersect(ours) : new VersionRange(1, 0);
        _version = shared.IsEmpty ? (short)-1 : shared.To;
    }

    /// <summary>It ends soon, or has ended: nothing may be sent before it is renewed.</summary>
    public bool IsDue => _renewAt != long.MaxValue && _time.GetTimestamp() >= _renewAt;

    /// <summary>Asked before a renewal: throws where it is of no use to try.</summary>
    internal Action? BeforeRenewal { get; set; }

    /// <summary>Told when a renewal fails, so that others do not try the same at once.</summary>
    internal Func<Exception, Exception>? Refused { get; set; }

    /// <summary>Logs in, for the first time or again.</summary>
    /// <exception cref="BrokerRefusedException">A renewal was refused.</exception>
    /// <exception cref="IOException">The broker is gone.</exception>
    public async Task LogInAsync(AskBroker ask, CancellationToken cancellationToken)
    {
        BeforeRenewal?.Invoke();
        try
        {
            await LogInOnceAsync(ask, cancellationToken);
        }
        catch (LoginFailedException e) when (Refused is not null)
        {
            throw Refused(e);
        }
    }

    private async Task LogInOnceAsync(AskBroker ask, CancellationToken cancellationToken)
    {
        if (_version < 0)
        {
            throw new LoginFailedException("the broker does not know SaslAuthenticate");
        }

        // The token or ticket first: getting it may take a while, and the broker waits for nobody in the middle of a login.
        using var conversation = await BeginAsync(cancellationToken);
        if (conversation is null)
        {
            return;
        }

        var handshake = await ask(ApiKey.SaslHandshake, 1, Node.Of(Definitions.Apis[ApiKey.SaslHandshake].Request).Set("mechanism", _mechanism.Name), cancellationToken);
        if (handshake.Get<short>("errorCode") is not 0 and var error)
        {
            var offered = string.Join(", ", handshake.Values("mechanisms").OfType<string>().Order(StringComparer.Ordinal));
            throw new LoginFailedException(error == (short)ErrorCode.UnsupportedSaslMechanism ? $"the broker does not offer {_mechanism.Name}; it offers {offered}" : $"the broker answers the SASL handshake with error {error}");
        }

        var began = _time.GetTimestamp();
        var message = conversation.First();
        for (var step = 0; step < MostSteps; step++)
        {
            var answer = await ask(ApiKey.SaslAuthenticate, _version, Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Request).Set("authBytes", message), cancellationToken);
            if (answer.Get<short>("errorCode") is not 0 and var code)
            {
                _mechanism.Refused();
                throw new LoginFailedException(conversation.Complaint ?? BrokerTexts.OneLine(answer.Text("errorMessage")) ?? $"the broker answers error {code}");
            }

            if (conversation.Next(answer.Get<byte[]>("authBytes")) is not { } next)
            {
                Lives(_version == 0 ? 0 : answer.Get<long>("sessionLifetimeMs"), began);
                return;
            }

            message = next;
        }

        throw new LoginFailedException("the login does not come to an end");
    }

    /// <summary>Null: nothing to log in with now, but the present login lives a little longer, and the next request tries again.</summary>
    private async Task<SaslConversation?> BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _mechanism.BeginAsync(_host, cancellationToken);
        }
        catch (LoginFailedException) when (_time.GetTimestamp() < _endsAt)
        {
            _renewAt = Math.Min(_time.GetTimestamp() + _time.TimestampFrequency, _endsAt);
            return null;
        }
    }

    private void Lives(long lifetimeMs, long began)
    {
        if (lifetimeMs <= 0)
        {
            (_renewAt, _endsAt) = (long.MaxValue, long.MaxValue);
            return;
        }

        var ticks = Math.Min(lifetimeMs, TimeSpan.FromDays(365).TotalMilliseconds) / 1000 * _time.TimestampFrequency;
        _renewAt = began + (long)(ticks * (RenewFrom + (Random.Shared.NextDouble() * RenewSpread)));
        _endsAt = began + (long)(ticks * 0.95);
    }
}
