using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>Credentials of AWS that sign a login.</summary>
internal sealed record AwsCredentials(string AccessKeyId, Secret SecretAccessKey, Secret? SessionToken);

/// <summary>
/// Where a cluster's AWS credentials come from, as AWS's own tools look for them: the environment's keys, a profile with keys of its own or of a role, a web identity, the container or the
/// instance; and from there a role of the cluster's configuration. Keys in files are read anew for each login; what AWS issues is kept, and replaced in good time, by AWS's library.
/// </summary>
internal sealed class AwsIdentity(MskIamOptions options)
{
    private readonly Lock _lock = new();
    private AWSCredentials? _issued;

    /// <exception cref="LoginFailedException">There are none.</exception>
    public async Task<AwsCredentials> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Some sources ask their services at once and block meanwhile; that is not to happen on a thread that serves sockets.
            var found = await Task.Run(() => (Keys() ?? Issued()).GetCredentialsAsync(), cancellationToken).WaitAsync(cancellationToken);
            return new AwsCredentials(found.AccessKey, new Secret(found.SecretKey), found.UseToken ? new Secret(found.Token) : null);
        }
        catch (Exception e) when (e is AmazonClientException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException or HttpRequestException or SocketException)
        {
            throw new LoginFailedException($"no AWS credentials{(options.Profile is { } profile ? $" by profile {profile}" : "")}: {Reason(e).Message}", e);
        }
    }

    /// <summary>Keys that are given as they are; null: credentials are issued by AWS.</summary>
    private AWSCredentials? Keys()
    {
        if (options.Role is not null)
        {
            return null;
        }

        return KeysOfEnvironment() ?? (Profile(options.Profile ?? options.Aws.Profile ?? "default") is { CanCreateAWSCredentials: true } profile && profile.Options is { RoleArn: null, AccessKey: not null }
            ? profile.GetAWSCredentials(Store)
            : null);
    }

    private AWSCredentials? KeysOfEnvironment() =>
        options.Profile is null && options.Aws is { AccessKeyId: { } id, SecretAccessKey: { } secret }
            ? options.Aws.SessionToken is { } token ? new SessionAWSCredentials(id, secret.Value, token.Value) : new BasicAWSCredentials(id, secret.Value)
            : null;

    /// <summary>The same object for all logins: it keeps what it was given.</summary>
    private AWSCredentials Issued()
    {
        lock (_lock)
        {
            return _issued ??= options.Role is { } role
                ? new AssumeRoleAWSCredentials(Source(), role.Arn, role.SessionName, new AssumeRoleAWSCredentialsOptions { ExternalId = role.ExternalId })
                : Source();
        }
    }

    private AWSCredentials Source() =>
        options.Profile is { } name
            ? Profile(name) is { CanCreateAWSCredentials: true } profile ? profile.GetAWSCredentials(Store) : throw new InvalidOperationException($"{options.Aws.CredentialsFile} has no such profile that says enough")
            : KeysOfEnvironment() ?? DefaultAWSCredentialsIdentityResolver.GetCredentials();

    private CredentialProfileStoreChain Store => new(options.Aws.CredentialsFile);

    private CredentialProfile? Profile(string name) => Store.TryGetProfile(name, out var profile) ? profile : null;

    /// <summary>What AWS said, or else what lies at the bottom.</summary>
    private static Exception Reason(Exception e) => e is AmazonServiceException || e.InnerException is not { } inner ? e : Reason(inner);
}
