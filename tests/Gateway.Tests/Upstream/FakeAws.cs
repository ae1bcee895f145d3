using System.Net;
using System.Text;
using System.Text.Json;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>What AWS answers to who asks for credentials: its security token service, a container's and an instance's metadata; each of them gives Bob's, for an hour.</summary>
public sealed class FakeAws : IAsyncDisposable
{
    public const string Role = "arn:aws:iam::123456789012:role/gateway";
    public const string WebToken = "header.payload.signature";

    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    private FakeAws(int port)
    {
        Url = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    public static FakeAws Start() => new(PartnerPlatform.Stack.FreePorts.Take());

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext asked;
            try
            {
                asked = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(asked.Request.InputStream);
            var (status, type, answer) = Answer(asked.Request, WebUtility.UrlDecode(await reader.ReadToEndAsync()));
            asked.Response.StatusCode = status;
            asked.Response.ContentType = type;
            asked.Response.Headers["x-aws-ec2-metadata-token-ttl-seconds"] = "21600";
            await asked.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            asked.Response.Close();
        }
    }

    private static (int Status, string Type, string Answer) Answer(HttpListenerRequest request, string body)
    {
        var path = request.Url!.AbsolutePath;
        if (path == "/container" || path.EndsWith("/gateway-instance", StringComparison.Ordinal))
        {
            return (200, "application/json", JsonSerializer.Serialize(new
            {
                Code = "Success", Type = "AWS-HMAC", LastUpdated = At(DateTime.UtcNow), AccessKeyId = "ASIATESTBOB", SecretAccessKey = "bob-secret", Token = "bob-session-token", Expiration = At(DateTime.UtcNow.AddHours(1)),
            }));
        }

        if (path.StartsWith("/latest/", StringComparison.Ordinal))
        {
            return path == "/latest/api/token" ? (200, "text/plain", "instance-token")
                : request.Headers["X-aws-ec2-metadata-token"] == "instance-token" ? (200, "text/plain", "gateway-instance")
                : (401, "text/plain", "");
        }

        var isSigned = request.Headers["Authorization"] is { } signed && (signed.Contains("AKIATESTALICE/", StringComparison.Ordinal) || signed.Contains("ASIATESTBOB/", StringComparison.Ordinal));
        return !body.Contains($"RoleArn={Role}", StringComparison.Ordinal) ? Refuse("no such role")
            : body.StartsWith("Action=AssumeRoleWithWebIdentity&", StringComparison.Ordinal) ? body.Contains($"WebIdentityToken={WebToken}", StringComparison.Ordinal) ? Issue("AssumeRoleWithWebIdentity") : Refuse("wrong web identity")
            : isSigned ? Issue("AssumeRole")
            : Refuse("not signed");
    }

    private static (int, string, string) Refuse(string why) =>
        (403, "text/xml", $"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{why}</Message></Error></ErrorResponse>");

    private static (int, string, string) Issue(string action) =>
        (200, "text/xml", $"""
            <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials><AccessKeyId>ASIATESTBOB</AccessKeyId><SecretAccessKey>bob-secret</SecretAccessKey>
            <SessionToken>bob-session-token</SessionToken><Expiration>{At(DateTime.UtcNow.AddHours(1))}</Expiration></Credentials>
            <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/gateway/one</Arn><AssumedRoleId>ARO123:one</AssumedRoleId></AssumedRoleUser></{action}Result>
            <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>
            """);

    private static string At(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
