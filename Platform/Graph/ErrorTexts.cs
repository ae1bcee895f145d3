using GraphQL;
using GraphQL.Execution;
using GraphQL.Validation;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Gives every error a stable code; an exception's type or text never gets out.</summary>
public sealed class ErrorTexts : ErrorInfoProvider
{
    public ErrorTexts() : base(new ErrorInfoProviderOptions { ExposeExceptionDetails = false, ExposeCodes = false, ExposeData = false, ExposeExtensions = true })
    {
    }

    public override ErrorInfo GetInfo(ExecutionError executionError)
    {
        var info = base.GetInfo(executionError);
        var extensions = new Dictionary<string, object?> { ["code"] = CodeOf(executionError) };
        foreach (var (key, value) in executionError is RefusedError or FaultError or TextError ? executionError.Extensions ?? [] : [])
        {
            extensions[key] = value;
        }

        info.Extensions = extensions;
        return info;
    }

    private static string CodeOf(ExecutionError error) => error switch
    {
        RefusedError or FaultError or TextError => error.Code!,
        ValidationError { Code: Codes.Forbidden or Codes.Unauthenticated or Codes.TooComplex or Codes.BadRequest } => error.Code!,
        ValidationError e when e.GetType().Name.Contains("Complexity", StringComparison.Ordinal) => Codes.TooComplex,
        DocumentError => Codes.BadRequest,
        { InnerException: null } when error.Code is Codes.BadRequest => Codes.BadRequest,
        _ => Codes.Internal,
    };
}

/// <summary>An unexpected fault: a trace id to look for in the log, nothing more.</summary>
public sealed class FaultError : ExecutionError
{
    public FaultError(string traceId) : base($"Unexpected fault. Trace id {traceId}.")
    {
        Code = Codes.Internal;
        Extensions = new Dictionary<string, object?> { ["code"] = Codes.Internal, ["traceId"] = traceId };
    }
}
