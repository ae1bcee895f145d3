using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>Credentials of AWS: those of the environment, or of a profile in the file that AWS's tools keep. Read anew for each login, so that what rotates is followed.</summary>
internal sealed record AwsCredentials(string AccessKeyId, Secret SecretAccessKey, Secret? SessionToken)
{
    /// <exception cref="LoginFailedException">There are none.</exception>
    public static AwsCredentials Find(MskIamOptions options)
    {
        var aws = options.Aws;
        if (options.Profile is null && aws is { AccessKeyId: { } id, SecretAccessKey: { } secret })
        {
            return new AwsCredentials(id, secret, aws.SessionToken);
        }

        var profile = options.Profile ?? aws.Profile ?? "default";
        var values = Profile(aws.CredentialsFile, profile);
        return values.GetValueOrDefault("aws_access_key_id") is { Length: > 0 } key && values.GetValueOrDefault("aws_secret_access_key") is { Length: > 0 } value
            ? new AwsCredentials(key, new Secret(value), values.GetValueOrDefault("aws_session_token") is { Length: > 0 } token ? new Secret(token) : null)
            : throw new LoginFailedException(
                $"no AWS credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor profile {profile} in {aws.CredentialsFile} has them (roles, web identities and instance metadata are not supported)");
    }

    private static Dictionary<string, string> Profile(string path, string profile)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string[] lines;
        try
        {
            lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoginFailedException($"the file of AWS credentials cannot be read: {e.Message}", e);
        }

        var isOurs = false;
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                isOurs = line.Trim('[', ']').Trim() == profile;
            }
            else if (isOurs && line.Split('=', 2) is [var name, var value])
            {
                values[name.Trim()] = value.Trim();
            }
        }

        return values;
    }
}
