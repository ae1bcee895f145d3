namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>A way to log in, with the credentials for it; shared by all connections to a cluster.</summary>
internal abstract class SaslMechanism(string name) : IDisposable
{
    public string Name => name;

    /// <summary>Begins a login at one broker.</summary>
    /// <param name="host">As it was connected to.</param>
    /// <exception cref="LoginFailedException">There are no credentials to log in with.</exception>
    public abstract Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken);

    /// <summary>A broker did not take the credentials: what was made in advance may be of no use.</summary>
    public virtual void Refused()
    {
    }

    /// <summary>Looks whether a file with credentials has changed; cheap, and at most once a second.</summary>
    public virtual void LookAtFiles()
    {
    }

    public virtual void Dispose()
    {
    }
}

/// <summary>The messages of one login.</summary>
internal abstract class SaslConversation : IDisposable
{
    /// <summary>What the broker said against the login before it refused, where a mechanism has room for that.</summary>
    public string? Complaint { get; protected set; }

    public abstract byte[] First();

    /// <summary>The next message, or null when the broker's last one has ended the login well.</summary>
    /// <exception cref="LoginFailedException">The broker is not who it should be, or breaks the rules of the mechanism.</exception>
    public abstract byte[]? Next(byte[] challenge);

    public virtual void Dispose()
    {
    }
}
